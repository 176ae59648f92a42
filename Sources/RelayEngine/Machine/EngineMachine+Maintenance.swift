package import RelayCore

/// What time, the other nodes and the register bring.
extension EngineMachine {
    /// How many jobs are staged at once.
    static let stageBatch = 5_000
    /// How many jobs are deleted at once.
    static let pruneBatch = 1_000
    /// The waits up to which a stranger's jobs are looked for more often than the sweep does.
    static let maxForeignSweep = 2_000

    /// Time has passed.
    package mutating func tick(now: MonotonicTime) {
        while let due = timers.takeDue(now: now) {
            for purpose in due { isDue(purpose, now: now) }
        }
        if !isEnded { keepPace(now: now) }
        settleUp(now: now)
    }

    private mutating func isDue(_ purpose: Timers.Purpose, now: MonotonicTime) {
        switch purpose {
        case .timeout(let id): timedOut(id, now: now)
        case .finalRead(let id): waiters.giveUp(id, executors: executors)
        case .insertion(let id): gaveUpInserting(id)
        case .heartbeat(let id):
            let interval = configuration.limits.heartbeatInterval
            if let next = waiters.heartbeat(id, interval: interval, now: now) {
                addTimer(.heartbeat(id), at: next)
            }
        }
    }

    private mutating func keepPace(now: MonotonicTime) {
        if listener.check(timeout: configuration.rhythm.helloTimeout, now: now) == .sick {
            listenerChanged(.sick, now: now)
        }
        if paces.poll.begin(now: now) {
            for queue in slots.servedQueues { claimer.look(queue) }
            paces.poll.ended(now: now, random: &random)
        }
        if paces.stage.begin(now: now) { act(.store(.stage(limit: Self.stageBatch))) }
        if paces.beat.begin(now: now) {
            beat(SessionBeat(queues: slots.limits, paused: slots.paused))
        }
        if paces.hello.begin(now: now) {
            sayHello(now: now)
            paces.hello.ended(now: now, random: &random)
        }
        if paces.prune.begin(now: now) {
            if let retention = configuration.resultRetention {
                act(.store(.prune(olderThan: retention, limit: Self.pruneBatch)))
            }
        }
        if paces.sweep.begin(now: now) {
            sweep(foreignOnly: false)
            paces.sweep.ended(
                now: now,
                rest: listener.isWell ? nil : configuration.rhythm.sickSweep,
                random: &random
            )
        }
        if paces.foreignSweep.begin(now: now) {
            if waiters.jobCount <= Self.maxForeignSweep { sweep(foreignOnly: true) }
            paces.foreignSweep.ended(now: now, random: &random)
        }
        tellProgress(now: now)
    }

    /// Reads the rows of open waits; the end of what runs here is learned from memory, unless it was taken away.
    private mutating func sweep(foreignOnly: Bool) {
        waiters.forEachJob { id, queue in
            if foreignOnly {
                if slots.runs(id) { return }
                if let queue, slots.serves(queue) { return }
            }
            reader.sweep(id)
        }
    }

    private mutating func beat(_ beat: SessionBeat) {
        beatsUnderWay += 1
        act(.store(.beat(beat)))
    }

    private mutating func sayHello(now: MonotonicTime) {
        listener.forgetSilent(hello: configuration.rhythm.hello, now: now)
        let nonce = random.next()
        listener.sent(nonce: nonce, now: now)
        notifier.send(.hello(nonce: nonce))
    }

    private mutating func listenerChanged(_ change: ListenerHealth.Change, now: MonotonicTime) {
        switch change {
        case .none: break
        case .sick:
            note(.listenerSick)
            act(.resetSignals)
            paces.sweep.hasten(to: now + configuration.rhythm.sickSweep)
        case .well:
            note(.listenerWell)
            sweep(foreignOnly: false)
        }
    }

    // MARK: Hints

    /// A hint came in.
    package mutating func received(_ signal: IncomingSignal, now: MonotonicTime) {
        switch signal {
        case .available(let queue):
            if slots.serves(queue) { claimer.wake(queue) }
        case .settled(let jobs):
            for job in jobs {
                if waiters.waits(for: job) {
                    reader.want(job)
                } else if insertingCalls.count > 0 {
                    recent.insert(job, now: now)
                }
            }
        case .kill(let job):
            // Oban for Python cancels a job that runs by this word alone, and leaves the row to its executor.
            if let (executor, key) = slots.kill(job) { act(.stop(executor, key)) }
            if slots.runs(job) || waiters.waits(for: job) { reader.want(job) }
        case .progress(let job, _, let value):
            if !slots.runs(job) { waiters.progress(job, value) }
        case .hello(let node, let nonce):
            heardHello(node, nonce, now: now)
        case .control(let control, let queue):
            obey(control, queue, now: now)
        case .gap:
            listenerChanged(listener.restored(), now: now)
            for queue in slots.servedQueues { claimer.wake(queue) }
            sweep(foreignOnly: false)
            sayHello(now: now)
        case .lost:
            if listener.lost() == .sick {
                note(.listenerSick)
                paces.sweep.hasten(to: now + configuration.rhythm.sickSweep)
            }
        case .junk:
            break
        }
        settleUp(now: now)
    }

    private mutating func heardHello(_ node: String, _ nonce: UInt64, now: MonotonicTime) {
        let mine = node == configuration.node
        let (change, isNew) = listener.heard(node, nonce: nonce, mine: mine, now: now)
        listenerChanged(change, now: now)
        if isNew {
            note(.nodeSeen(node: node))
            // So that the newcomer knows of this node soon, but many of them (or of forged ones) are told at once.
            paces.hello.hasten(to: now + configuration.rhythm.hello / 10)
        }
    }

    private mutating func obey(
        _ control: QueueControl,
        _ queue: String?,
        now: MonotonicTime
    ) {
        switch control {
        case .pause:
            slots.pause(queue)
            tellRegister(now: now)
        case .resume:
            for name in slots.resume(queue) { claimer.wake(name) }
            tellRegister(now: now)
        case .scale(let limit):
            guard let queue else { return }
            slots.scale(queue, to: limit)
            tellRegister(now: now)
            claimer.wake(queue)
        }
    }

    /// The hints that were under way have left, or not.
    package mutating func sent(now: MonotonicTime) {
        notifier.batchEnded()
        settleUp(now: now)
    }

    // MARK: What the table answers

    /// A read for waiters has ended.
    package mutating func readEnded(_ result: Result<[JobSnapshot], StoreError>, now: MonotonicTime)
    {
        let (sequence, ids) = reader.batchEnded()
        switch result {
        case .failure(let error):
            // The sweep reads again; waits whose time has come are answered with what was last seen.
            note(.readFailed("\(error)"))
        case .success(let snapshots):
            for snapshot in snapshots {
                waiters.settle(snapshot, read: sequence, executors: executors)
                stopIfLost(snapshot)
            }
            if snapshots.count < ids.count {
                let present = Set(snapshots.map(\.id))
                for id in ids where !present.contains(id) { waiters.missing(id, read: sequence) }
            }
        }
        settleUp(now: now)
    }

    /// Staging has ended.
    package mutating func staged(_ result: Result<StagedBatch, StoreError>, now: MonotonicTime) {
        var rest: Duration?
        switch result {
        case .failure(let error):
            note(.stageFailed("\(error)"))
        case .success(let batch):
            for queue in batch.queues { offer(queue, jobs: batch.count) }
            for snapshot in batch.expired { settled(snapshot, now: now) }
            if batch.count >= Self.stageBatch { rest = .zero }
        }
        paces.stage.ended(now: now, rest: rest, random: &random)
        settleUp(now: now)
    }

    /// A beat has ended, with what the register knows.
    package mutating func beatEnded(_ result: Result<Census, StoreError>, now: MonotonicTime) {
        beatsUnderWay -= 1
        paces.beat.ended(now: now, random: &random)
        switch result {
        case .failure(let error):
            rescuer.lostSight()
            note(.beatFailed("\(error)"))
        case .success(let census):
            self.census = census
            let rhythm = configuration.rhythm
            let verdict = rescuer.judge(
                census,
                silence: rhythm.silence,
                absence: rhythm.absence,
                now: now,
                claims: Rescuer.Claims(
                    latest: claimer.latest,
                    oldestUnderWay: [claimer.oldestUnderWay, inserter.claim].compactMap { $0 }.min()
                ),
                knows: { slots.runs($0) || finisher.has($0) }
            )
            if verdict.lookAgain { paces.beat.hasten(to: now + rhythm.absence / 2) }
            rescue(verdict)
        }
        settleUp(now: now)
    }

    private mutating func rescue(_ verdict: Rescuer.Verdict) {
        guard !verdict.dead.isEmpty || !verdict.strays.isEmpty else { return }
        for session in verdict.dead { note(.sessionDead(session: session)) }
        if !verdict.strays.isEmpty { note(.strays(jobs: verdict.strays.count)) }
        let request = RescueRequest(
            sessions: verdict.dead,
            strays: verdict.strays,
            reason: "the node that ran this attempt was lost"
        )
        act(.store(.rescue(request)))
    }

    /// A rescue has ended.
    package mutating func rescued(_ result: Result<[RescuedJob], StoreError>, now: MonotonicTime) {
        switch result {
        case .failure(let error):
            note(.rescueFailed("\(error)"))
        case .success(let jobs):
            if !jobs.isEmpty { note(.rescued(jobs: jobs.count)) }
            for job in jobs {
                settled(job.snapshot, now: now)
                if job.snapshot.state == .available { offer(job.snapshot.queue) }
            }
        }
        settleUp(now: now)
    }

    /// Pruning has ended.
    package mutating func pruned(_ result: Result<Int, StoreError>, now: MonotonicTime) {
        var rest: Duration?
        switch result {
        case .failure(let error):
            note(.pruneFailed("\(error)"))
        case .success(let count):
            if count > 0 { note(.pruned(jobs: count)) }
            if count >= Self.pruneBatch { rest = .milliseconds(100) }
        }
        paces.prune.ended(now: now, rest: rest, random: &random)
        settleUp(now: now)
    }

    // MARK: The end

    /// Claims no more and refuses new calls; what runs may finish, and waits stay open.
    package mutating func beginDrain(now: MonotonicTime) {
        isDraining = true
        slots.drainAll()
        settleUp(now: now)
    }

    /// Whether nothing runs here and every outcome is written; after the end also, whether all is said that is to be.
    package var isIdle: Bool {
        let isAtRest =
            slots.runningCount == 0 && finisher.count == 0 && !claimer.anyUnderWay
            && inserter.claim == nil
        guard isEnded, isAtRest else { return isAtRest }
        return beatsUnderWay == 0 && !inserter.isBusy && !canceller.isBusy && !notifier.isBusy
    }

    /// Gives back what still runs, ends all waits, and leaves the register.
    package mutating func end(now: MonotonicTime) {
        guard !isEnded else { return }
        isDraining = true
        isEnded = true
        for id in slots.executorIDs {
            let (attempts, _) = slots.detach(id)
            for job in attempts {
                handBack(job, reason: "the node shut down before this attempt ended")
            }
        }
        waiters.failAll(.draining)
        for reply in insertingCalls.failAll() { act(.answer(reply, .failure(.draining))) }
        beat(SessionBeat(queues: [:], leaving: true))
        settleUp(now: now)
    }
}
