import RelayCore

/// Answers every open wait exactly once, from whatever tells of its job first: the finisher here, a read after a hint,
/// the sweep.
struct Waiters {
    /// What happened, for the machine to pass on.
    struct Output {
        var answers: [(AwaitReply, Result<AwaitAnswer, RelayError>)] = []
        var events: [(AwaitManyReply, [AwaitManyEvent])] = []
        var cancels: [CancelTarget] = []
    }

    private var singles: [WaitID: SingleWait] = [:]
    private var groups: [WaitID: GroupWait] = [:]
    private var jobs: [Int64: JobWatch] = [:]
    private var touched: Set<WaitID> = []
    private var output = Output()

    /// The relays that are waited for.
    private(set) var openCount = 0

    /// The jobs that are waited for.
    var jobCount: Int { jobs.count }

    /// The waits that are open, each counted once.
    var waitCount: Int { singles.count + groups.count }

    /// Whether the wait is open.
    func isOpen(_ id: WaitID) -> Bool { singles[id] != nil || groups[id] != nil }

    /// Whether somebody waits for the job.
    func waits(for job: Int64) -> Bool { jobs[job] != nil }

    /// The jobs that are waited for, with the queue where it is known.
    func forEachJob(_ body: (Int64, String?) -> Void) {
        for (id, watch) in jobs { body(id, watch.seen?.queue) }
    }

    // MARK: Opening and closing

    /// Registers a wait; the caller sees to it that the row is read.
    mutating func open(_ id: WaitID, _ wait: SingleWait, seen: JobWatch.Seen? = nil) {
        singles[id] = wait
        openCount += 1
        watch(wait.relay.jobID, WaitMember(wait: id, index: nil), seen: seen)
    }

    /// Registers a wait for many.
    mutating func open(_ id: WaitID, _ group: GroupWait) {
        groups[id] = group
        openCount += group.openCount
        for (index, relay) in group.relays.enumerated() {
            watch(relay.jobID, WaitMember(wait: id, index: Int32(index)), seen: nil)
        }
    }

    private mutating func watch(_ job: Int64, _ member: WaitMember, seen: JobWatch.Seen?) {
        if jobs[job] == nil {
            jobs[job] = JobWatch(member, seen: seen)
        } else {
            jobs[job]?.add(member)
        }
    }

    /// The caller has left: nobody is answered.
    mutating func abandon(_ id: WaitID) {
        if let single = singles.removeValue(forKey: id) {
            openCount -= 1
            unwatch(single.relay.jobID, WaitMember(wait: id, index: nil))
            if single.cancelOn.includesAbandon { output.cancels.append(single.relay.target) }
        } else if let group = groups.removeValue(forKey: id) {
            drop(group, id)
        }
    }

    private mutating func unwatch(_ job: Int64, _ member: WaitMember) {
        jobs[job]?.remove(member)
        if jobs[job]?.isEmpty == true { jobs[job] = nil }
    }

    private mutating func drop(_ group: GroupWait, _ id: WaitID) {
        openCount -= group.openCount
        for (index, relay) in group.relays.enumerated() where !group.answered[index] {
            unwatch(relay.jobID, WaitMember(wait: id, index: Int32(index)))
        }
    }

    // MARK: What is learned of jobs

    /// A row is known: from here, or from the read with this number.
    ///
    /// A read that began before a wait did may tell it of an end, which stays, but not of a failure that may be past.
    mutating func settle(
        _ snapshot: JobSnapshot,
        read sequence: UInt64? = nil,
        executors: (String) -> Int
    ) {
        guard jobs[snapshot.id] != nil else { return }
        let seen = JobWatch.Seen(
            state: snapshot.state,
            attempt: snapshot.attempt,
            queue: snapshot.queue,
            ref: snapshot.ref
        )
        jobs[snapshot.id]?.seen = seen
        for member in jobs[snapshot.id]?.members ?? [] {
            guard let relay = relay(of: member) else { continue }
            if relay.ref != snapshot.ref {
                answer(member, notFound(relay))
            } else if snapshot.state.isTerminal
                || sequence.map({ $0 >= firstRead(member) }) ?? true,
                let (attempt, outcome) = snapshot.answer(withRetries: withRetries(member))
            {
                answer(member, AwaitAnswer(relay: relay, attempt: attempt, outcome: outcome))
            } else if let sequence, let final = finalRead(member), sequence >= final {
                answer(member, timeout(relay, seen: seen, executors: executors(seen.queue)))
            }
        }
    }

    /// A job was claimed or moved here, which a timeout then tells.
    mutating func note(_ job: Int64, state: JobState, attempt: Int) {
        guard jobs[job]?.seen != nil else { return }
        jobs[job]?.seen?.state = state
        jobs[job]?.seen?.attempt = attempt
    }

    /// The read with this number found no such job.
    mutating func missing(_ job: Int64, read sequence: UInt64) {
        for member in jobs[job]?.members ?? [] where firstRead(member) <= sequence {
            guard let relay = relay(of: member) else { continue }
            answer(member, notFound(relay))
        }
    }

    /// An executor here, or elsewhere, reported progress: whoever waits with the job's ref may know, or only `wait`.
    ///
    /// `ref` is the job's where it is known here; else it is known once the row was read. A wait that names the job
    /// several times is told once.
    mutating func progress(
        _ job: Int64,
        _ value: RelayValue,
        ref: RelayRef? = nil,
        to wait: WaitID? = nil
    ) {
        guard let watch = jobs[job], let ref = ref ?? watch.seen?.ref else { return }
        for member in watch.firstOfEachWait where wait == nil || member.wait == wait {
            guard let index = member.index, groups[member.wait]?.options.progress == true,
                groups[member.wait]?.relays[Int(index)].ref == ref
            else { continue }
            groups[member.wait]?.events.append(.progress(index: Int(index), value))
            touched.insert(member.wait)
        }
    }

    /// How many relays of the job are waited for.
    func watchers(of job: Int64) -> Int { jobs[job]?.count ?? 0 }

    // MARK: Time

    /// The timeout has come: says which rows to read once more, nil if the wait is over.
    func timedOut(_ id: WaitID) -> [Int64]? {
        if let single = singles[id] { return single.finalRead == nil ? [single.relay.jobID] : nil }
        guard let group = groups[id], group.finalRead == nil else { return nil }
        return group.relays.indices.filter { !group.answered[$0] }.map { group.relays[$0].jobID }
    }

    /// The read with this number is the last before the wait ends.
    mutating func close(_ id: WaitID, finalRead: UInt64) {
        singles[id]?.finalRead = finalRead
        groups[id]?.finalRead = finalRead
    }

    /// Even the last read didn't come in time: answers with what was last seen.
    mutating func giveUp(_ id: WaitID, executors: (String) -> Int) {
        if let single = singles[id] {
            giveUp(WaitMember(wait: id, index: nil), single.relay, executors: executors)
        }
        guard let group = groups[id] else { return }
        for (index, relay) in group.relays.enumerated() where !group.answered[index] {
            // An answer may have ended the group.
            guard groups[id] != nil else { return }
            giveUp(WaitMember(wait: id, index: Int32(index)), relay, executors: executors)
        }
    }

    private mutating func giveUp(
        _ member: WaitMember,
        _ relay: RelayHandle,
        executors: (String) -> Int
    ) {
        if let seen = jobs[relay.jobID]?.seen, seen.ref != relay.ref {
            answer(member, notFound(relay))
        } else if let seen = jobs[relay.jobID]?.seen {
            answer(member, timeout(relay, seen: seen, executors: executors(seen.queue)))
        } else if member.index == nil {
            fail(member.wait, RelayError(store: .unavailable("")))
        } else {
            answer(member, timeout(relay, seen: nil, executors: 0))
        }
    }

    /// Sends a heartbeat if the stream has been silent; answers when to look again, nil if it is over.
    mutating func heartbeat(_ id: WaitID, interval: Duration, now: MonotonicTime) -> MonotonicTime?
    {
        guard let group = groups[id] else { return nil }
        if now - group.lastEvent >= interval {
            groups[id]?.events.append(.heartbeat)
            touched.insert(id)
            return now + interval
        }
        return group.lastEvent + interval
    }

    // MARK: Answering

    private func relay(of member: WaitMember) -> RelayHandle? {
        guard let index = member.index else { return singles[member.wait]?.relay }
        return groups[member.wait]?.relays[Int(index)]
    }

    private func withRetries(_ member: WaitMember) -> Bool {
        member.index == nil
            ? singles[member.wait]?.withRetries == true
            : groups[member.wait]?.options.withRetries == true
    }

    private func firstRead(_ member: WaitMember) -> UInt64 {
        (member.index == nil ? singles[member.wait]?.firstRead : groups[member.wait]?.firstRead)
            ?? 0
    }

    private func finalRead(_ member: WaitMember) -> UInt64? {
        member.index == nil ? singles[member.wait]?.finalRead : groups[member.wait]?.finalRead
    }

    private func notFound(_ relay: RelayHandle) -> AwaitAnswer {
        let failure = Failure(
            reason: .notFound,
            message: "no such job: it was pruned, or the relay is not of this instance"
        )
        return AwaitAnswer(relay: relay, attempt: 0, outcome: .failed(failure))
    }

    private func timeout(_ relay: RelayHandle, seen: JobWatch.Seen?, executors: Int) -> AwaitAnswer
    {
        let place = seen.map { "the job is \($0.state.rawValue)" } ?? "the job's state is unknown"
        let failure = Failure(
            reason: .timeout,
            message:
                "no answer within the timeout; \(place) and goes on, so the relay can be awaited again",
            state: seen?.state,
            executors: executors
        )
        return AwaitAnswer(relay: relay, attempt: seen?.attempt ?? 0, outcome: .failed(failure))
    }

    private mutating func answer(_ member: WaitMember, _ answer: AwaitAnswer) {
        unwatch(answer.relay.jobID, member)
        openCount -= 1
        guard let index = member.index else {
            guard let single = singles.removeValue(forKey: member.wait) else { return }
            if case .failed(let failure) = answer.outcome, failure.reason == .timeout,
                single.cancelOn.includesTimeout
            {
                output.cancels.append(single.relay.target)
            }
            output.answers.append((single.reply, .success(answer)))
            return
        }
        answerMember(Int(index), of: member.wait, answer)
    }

    private mutating func answerMember(_ index: Int, of id: WaitID, _ answer: AwaitAnswer) {
        var isOK = false
        if case .ok = answer.outcome { isOK = true }
        groups[id]?.answered[index] = true
        groups[id]?.openCount -= 1
        groups[id]?.okCount += isOK ? 1 : 0
        groups[id]?.events.append(.answer(index: index, answer))
        touched.insert(id)
        guard let group = groups[id] else { return }
        let enough = group.options.stopAfter > 0 && group.okCount >= group.options.stopAfter
        if group.openCount == 0 || enough || (group.options.failFast && !isOK) {
            finish(id, group, nil)
        }
    }

    private mutating func finish(_ id: WaitID, _ group: GroupWait, _ error: RelayError?) {
        groups[id] = nil
        touched.remove(id)
        drop(group, id)
        output.events.append((group.reply, group.events + [.finished(error)]))
    }

    private mutating func fail(_ id: WaitID, _ error: RelayError) {
        guard let single = singles.removeValue(forKey: id) else { return }
        openCount -= 1
        unwatch(single.relay.jobID, WaitMember(wait: id, index: nil))
        output.answers.append((single.reply, .failure(error)))
    }

    /// Ends all waits with an error, since the engine stops.
    mutating func failAll(_ error: RelayError) {
        for id in Array(singles.keys) { fail(id, error) }
        for (id, group) in groups { finish(id, group, error) }
    }

    /// Takes what happened since the last time.
    mutating func takeOutput(now: MonotonicTime) -> Output {
        for id in touched {
            guard var group = groups[id] else { continue }
            output.events.append((group.reply, group.events))
            group.events = []
            group.lastEvent = now
            groups[id] = group
        }
        touched.removeAll(keepingCapacity: true)
        defer { output = Output() }
        return output
    }
}

extension RelayHandle {
    /// The relay as a target of cancellation.
    var target: CancelTarget { CancelTarget(id: jobID, ref: ref) }
}
