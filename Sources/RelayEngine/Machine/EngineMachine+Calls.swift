package import RelayCore

/// What callers ask for.
extension EngineMachine {
    /// Inserts checked jobs, all or none.
    package mutating func async(_ jobs: [NewJob], now: MonotonicTime, reply: @escaping AsyncReply) {
        if let refusal = refusal(inserting: jobs.count) {
            act(.relays(reply, .failure(refusal)))
            return
        }
        inserter.add(request(jobs), for: .async(reply))
        settleUp(now: now)
    }

    /// Inserts a checked job and waits for its answer.
    package mutating func call(
        _ job: NewJob,
        options: AwaitOptions,
        now: MonotonicTime,
        reply: @escaping AwaitReply
    ) -> WaitID {
        let id = newWait()
        if let refusal = refusal(inserting: 1) ?? refusal(waiting: 1) {
            act(.answer(reply, .failure(refusal)))
            return id
        }
        let deadline = deadline(options.timeout, now: now)
        let terms = InsertingCalls.Terms(
            withRetries: options.withRetries,
            cancelOn: options.cancelOn,
            deadline: deadline,
            reply: reply
        )
        insertingCalls.begin(id, terms)
        inserter.add(request([job]), for: .call(id))
        if let deadline { addTimer(.timeout(id), at: deadline) }
        settleUp(now: now)
        return id
    }

    /// Waits for the answer of a relay.
    package mutating func await(
        _ relay: RelayHandle,
        options: AwaitOptions,
        now: MonotonicTime,
        reply: @escaping AwaitReply
    ) -> WaitID {
        let id = newWait()
        if let refusal = refusal(waiting: 1) {
            act(.answer(reply, .failure(refusal)))
            return id
        }
        let terms = InsertingCalls.Terms(
            withRetries: options.withRetries,
            cancelOn: options.cancelOn,
            deadline: deadline(options.timeout, now: now),
            reply: reply
        )
        open(id, relay, terms, seen: nil, now: now)
        startTimeout(id, terms.deadline, now: now)
        reader.want(relay.jobID)
        settleUp(now: now)
        return id
    }

    /// Waits for the answers of many relays.
    package mutating func awaitMany(
        _ relays: [RelayHandle],
        options: AwaitManyOptions,
        now: MonotonicTime,
        reply: @escaping AwaitManyReply
    ) -> WaitID {
        let id = newWait()
        if let refusal = refusal(waiting: relays.count) {
            act(.events(reply, [.finished(refusal)]))
            return id
        }
        if relays.isEmpty {
            act(.events(reply, [.finished(nil)]))
            return id
        }
        let group = GroupWait(
            relays: relays,
            options: options,
            reply: reply,
            firstRead: reader.nextSequence,
            finalRead: nil,
            answered: Array(repeating: false, count: relays.count),
            openCount: relays.count,
            lastEvent: now
        )
        beginSweeping(now: now)
        waiters.open(id, group)
        for relay in relays { reader.want(relay.jobID) }
        if options.progress { showProgress(of: Set(relays.map(\.jobID)), to: id) }
        addTimer(.heartbeat(id), at: now + configuration.limits.heartbeatInterval)
        startTimeout(id, deadline(options.timeout, now: now), now: now)
        settleUp(now: now)
        return id
    }

    /// The caller of a wait has left.
    package mutating func abandon(_ id: WaitID, now: MonotonicTime) {
        if !insertingCalls.abandon(id) { waiters.abandon(id) }
        settleUp(now: now)
    }

    /// Cancels a job.
    package mutating func cancel(
        _ relay: RelayHandle,
        now: MonotonicTime,
        reply: @escaping CancelReply
    ) {
        canceller.add(relay.target, reply: reply)
        settleUp(now: now)
    }

    // MARK: What the table answers

    /// A batch of inserts has ended.
    package mutating func inserted(
        _ results: [Result<[InsertedJob], StoreError>],
        now: MonotonicTime
    ) {
        var available: [String: Int] = [:]
        var dispatched: [String: [ClaimedJob]] = [:]
        var trouble: StoreError?
        for (purpose, result) in zip(inserter.batchEnded(), results) {
            switch result {
            case .success(let jobs):
                for job in jobs where !job.duplicate {
                    if let claimed = job.claimed {
                        dispatched[job.queue, default: []].append(claimed)
                    } else if job.state == .available {
                        available[job.queue, default: 0] += 1
                    }
                }
                welcome(jobs, purpose, now: now)
            case .failure(let error):
                let code = refuse(purpose, error)
                if case .misconfigured = error { trouble = error }
                if code == .unavailable { trouble = error }
            }
        }
        for (queue, jobs) in dispatched.sorted(by: { $0.key < $1.key }) { place(jobs, in: queue) }
        for (queue, jobs) in available.sorted(by: { $0.key < $1.key }) {
            if slots.serves(queue) { claimer.add(queue, jobs: jobs) }
            tellOthers(queue, jobs: jobs)
        }
        if let trouble { note(.insertFailed("\(trouble)")) }
        settleUp(now: now)
    }

    /// A batch of cancellations has ended.
    package mutating func cancelEnded(
        _ result: Result<[CancelReport], StoreError>,
        now: MonotonicTime
    ) {
        switch result {
        case .failure(let error):
            let rest = configuration.rhythm.cancelRetry
            for reply in canceller.batchFailed(rest: rest, now: now) {
                act(.cancelled(reply, .failure(RelayError(store: error))))
            }
        case .success(let reports):
            for (reply, report) in zip(canceller.batchEnded(), reports) {
                cancelled(report, now: now)
                if let reply { act(.cancelled(reply, report.answer)) }
            }
        }
        settleUp(now: now)
    }

    // MARK: Steps

    private mutating func newWait() -> WaitID {
        lastWait += 1
        return WaitID(number: lastWait)
    }

    private func request(_ jobs: [NewJob]) -> InsertRequest {
        InsertRequest(jobs: jobs.map { JobInsert(job: $0, ref: configuration.makeRef()) })
    }

    private func refusal(inserting jobs: Int) -> RelayError? {
        if isDraining { return .draining }
        guard inserter.queuedJobs + jobs > configuration.limits.maxQueuedInserts else { return nil }
        return RelayError(
            .resourceExhausted,
            reason: "INSERT_QUEUE_FULL",
            message: "\(inserter.queuedJobs) jobs wait for Postgres already; try again later",
            retryAfter: .seconds(1)
        )
    }

    private func refusal(waiting relays: Int) -> RelayError? {
        if isDraining { return .draining }
        let open = waiters.openCount + insertingCalls.count
        guard open + relays > configuration.limits.maxOpenWaits else { return nil }
        return RelayError(
            .resourceExhausted,
            reason: "TOO_MANY_WAITS",
            message:
                "this node holds \(open) open waits already; try again later or elsewhere",
            retryAfter: .seconds(1)
        )
    }

    /// Nil waits for ever, which only a caller can ask for that names a timeout beyond what a clock counts.
    private func deadline(_ timeout: Duration?, now: MonotonicTime) -> MonotonicTime? {
        var timeout = timeout ?? configuration.limits.defaultAwait
        if let most = configuration.limits.maxAwait { timeout = min(timeout, most) }
        let deadline = now + max(timeout, .zero)
        return deadline.nanoseconds == .max ? nil : deadline
    }

    private mutating func open(
        _ id: WaitID,
        _ relay: RelayHandle,
        _ terms: InsertingCalls.Terms,
        seen: JobWatch.Seen?,
        now: MonotonicTime
    ) {
        let wait = SingleWait(
            relay: relay,
            withRetries: terms.withRetries,
            cancelOn: terms.cancelOn,
            reply: terms.reply,
            firstRead: reader.nextSequence,
            finalRead: nil
        )
        beginSweeping(now: now)
        waiters.open(id, wait, seen: seen)
    }

    /// A report that was made before the wait began.
    private mutating func showProgress(of jobs: Set<Int64>, to id: WaitID) {
        for job in jobs.sorted() {
            if let value = progressBook.last(job), let ref = slots.ref(job) {
                waiters.progress(job, value, ref: ref, to: id)
            }
        }
    }

    /// The first wait after none begins: its row is read now, so the sweeps have time.
    private mutating func beginSweeping(now: MonotonicTime) {
        guard waiters.jobCount == 0 else { return }
        let rhythm = configuration.rhythm
        let rest = listener.isWell ? nil : rhythm.sickSweep
        paces.sweep.restart(now: now, rest: rest, random: &random)
        paces.foreignSweep.restart(now: now, rest: nil, random: &random)
    }

    mutating func addTimer(_ purpose: Timers.Purpose, at time: MonotonicTime) {
        timers.add(purpose, at: time)
        let open = waiters.waitCount + insertingCalls.count
        if timers.count > 3 * open + Self.spareTimers {
            timers.keep { waiters.isOpen($0) || insertingCalls.isOpen($0) }
        }
    }

    /// How many entries of ended waits the timers may hold before they are dropped.
    private static let spareTimers = 4_096

    private mutating func startTimeout(_ id: WaitID, _ deadline: MonotonicTime?, now: MonotonicTime)
    {
        guard let deadline else { return }
        if deadline <= now {
            timedOut(id, now: now)
        } else {
            addTimer(.timeout(id), at: deadline)
        }
    }

    /// The timeout has come: the row is read once more, so that the answer says where the job is now.
    ///
    /// That read, too, has its time, which ends sooner for a wait that is late already.
    mutating func timedOut(_ id: WaitID, deadline: MonotonicTime? = nil, now: MonotonicTime) {
        if insertingCalls.isOpen(id) {
            addTimer(.insertion(id), at: now + configuration.rhythm.insertGrace)
            return
        }
        guard let jobs = waiters.timedOut(id) else { return }
        waiters.close(id, finalRead: reader.nextSequence)
        for job in jobs { reader.want(job) }
        let grace = configuration.rhythm.insertGrace
        let latest = deadline.map { max(now, $0 + grace) } ?? now + grace
        addTimer(.finalRead(id), at: min(now + configuration.rhythm.finalRead, latest))
    }

    /// A call's job is still not inserted though its timeout has passed: what becomes of it is not known here.
    mutating func gaveUpInserting(_ id: WaitID) {
        guard let reply = insertingCalls.timedOut(id) else { return }
        act(.answer(reply, .failure(RelayError(store: .unknown("the insertion takes too long")))))
    }

    /// Jobs of a queue are available: run here what somebody can, and let the others know of more.
    mutating func offer(_ queue: String, jobs: Int = 1) {
        if slots.serves(queue) { claimer.wake(queue) }
        tellOthers(queue, jobs: jobs)
    }

    private mutating func tellOthers(_ queue: String, jobs: Int) {
        if unclaimedSlots(queue) < jobs { notifier.available(queue) }
    }

    private mutating func welcome(
        _ jobs: [InsertedJob],
        _ purpose: Inserter.Purpose,
        now: MonotonicTime
    ) {
        let relays = jobs.map {
            RelayHandle(
                jobID: $0.id,
                ref: $0.ref,
                instance: configuration.instance,
                duplicate: $0.duplicate
            )
        }
        switch purpose {
        case .async(let reply):
            act(.relays(reply, .success(relays)))
        case .call(let id):
            let arrival = insertingCalls.arrived(id)
            guard let job = jobs.first, let relay = relays.first else { return }
            switch arrival {
            case .leave: break
            case .cancel: canceller.add(relay.target, reply: nil)
            case .wait(let terms): begin(id, relay, of: job, terms, now: now)
            }
        }
    }

    /// A call's job is there: now the call waits as an await does.
    private mutating func begin(
        _ id: WaitID,
        _ relay: RelayHandle,
        of job: InsertedJob,
        _ terms: InsertingCalls.Terms,
        now: MonotonicTime
    ) {
        let seen = JobWatch.Seen(state: job.state, attempt: 0, queue: job.queue, ref: job.ref)
        open(id, relay, terms, seen: job.duplicate ? nil : seen, now: now)
        if let deadline = terms.deadline, deadline <= now {
            timedOut(id, deadline: deadline, now: now)
        }
        // A fresh job needs no read, unless it was faster than the news of its own insertion.
        if job.duplicate || recent.contains(job.id) { reader.want(job.id) }
    }

    private mutating func refuse(_ purpose: Inserter.Purpose, _ error: StoreError) -> StatusCode {
        let refusal = RelayError(insert: error)
        switch purpose {
        case .async(let reply):
            act(.relays(reply, .failure(refusal)))
        case .call(let id):
            if let reply = insertingCalls.failed(id) { act(.answer(reply, .failure(refusal))) }
        }
        return refusal.code
    }

    private mutating func cancelled(_ report: CancelReport, now: MonotonicTime) {
        guard let snapshot = report.snapshot else { return }
        guard case .cancelled(let wasExecuting) = report.result else {
            waiters.settle(snapshot, executors: executors)
            return
        }
        if let (executor, key) = slots.kill(snapshot.id) {
            act(.stop(executor, key))
        } else if wasExecuting {
            notifier.send(.kill(job: snapshot.id))
        }
        settled(snapshot, now: now)
    }
}

extension CancelReport {
    fileprivate var answer: Swift.Result<CancelAnswer, RelayError> {
        switch (result, snapshot) {
        case (.cancelled, let snapshot?):
            .success(CancelAnswer(cancelled: true, state: snapshot.state))
        case (.finished, let snapshot?):
            .success(CancelAnswer(cancelled: false, state: snapshot.state))
        case (.unknown, _), (_, nil):
            .failure(
                RelayError(
                    .notFound,
                    reason: "REF_UNKNOWN",
                    message: "no such job: it was pruned, or the relay is not of this instance"
                )
            )
        }
    }
}

extension RelayError {
    /// What a caller is told while the node drains.
    package static var draining: RelayError {
        RelayError(
            .unavailable,
            reason: "DRAINING",
            message: "this node is shutting down; connect again, to another node if there is one",
            retryAfter: .milliseconds(500)
        )
    }
}
