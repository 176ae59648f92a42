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
        while let purpose = timers.popDue(now: now) {
            switch purpose {
            case .timeout(let id):
                timedOut(id, now: now)
            case .finalRead(let id):
                waiters.giveUp(id, executors: executors)
            case .heartbeat(let id):
                let interval = configuration.limits.heartbeatInterval
                if let next = waiters.heartbeat(id, interval: interval, now: now) {
                    timers.add(.heartbeat(id), at: next)
                }
            }
        }
        keepPace(now: now)
        settleUp(now: now)
    }

    private mutating func keepPace(now: MonotonicTime) {
        if listener.check(timeout: configuration.rhythm.helloTimeout, now: now) == .sick {
            listenerChanged(.sick, now: now)
        }
        if paces.poll.begin(now: now) {
            for queue in slots.servedQueues { claimer.wake(queue) }
            paces.poll.ended(now: now, random: &random)
        }
        if paces.stage.begin(now: now) { act(.store(.stage(limit: Self.stageBatch))) }
        if paces.beat.begin(now: now) { act(.store(.beat(SessionBeat(queues: slots.limits)))) }
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

    /// Reads the rows of open waits; what runs here needs none, since its end is learned from memory.
    private mutating func sweep(foreignOnly: Bool) {
        var ids: [Int64] = []
        waiters.forEachJob { id, queue in
            if slots.runs(id) { return }
            if foreignOnly, let queue, slots.serves(queue) { return }
            ids.append(id)
        }
        for id in ids { reader.want(id) }
    }

    private mutating func sayHello(now: MonotonicTime) {
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
                } else {
                    recent.insert(job, now: now)
                }
            }
        case .kill(let job):
            if let (executor, key) = slots.kill(job) { act(.stop(executor, key)) }
            if waiters.waits(for: job) { reader.want(job) }
        case .progress(let job, _, let value):
            if !slots.runs(job) { waiters.progress(job, value) }
        case .hello(let node, let nonce):
            heardHello(node, nonce, now: now)
        case .control(let control, let queue):
            obey(control, queue)
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
            // So that the newcomer knows of this node before its own next hello.
            notifier.send(.hello(nonce: random.next()))
        }
    }

    private mutating func obey(_ control: QueueControl, _ queue: String?) {
        switch control {
        case .pause:
            _ = slots.setPaused(true, queue: queue)
        case .resume:
            for name in slots.setPaused(false, queue: queue) { claimer.wake(name) }
        case .scale(let limit):
            guard let queue else { return }
            slots.scale(queue, to: limit)
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
            for queue in batch.queues { offer(queue) }
            for snapshot in batch.expired { settled(snapshot, now: now) }
            if batch.count >= Self.stageBatch { rest = .zero }
        }
        paces.stage.ended(now: now, rest: rest, random: &random)
        settleUp(now: now)
    }

    /// A beat has ended, with what the register knows.
    package mutating func beatEnded(_ result: Result<Census, StoreError>, now: MonotonicTime) {
        paces.beat.ended(now: now, random: &random)
        switch result {
        case .failure(let error):
            rescuer.lostSight()
            note(.beatFailed("\(error)"))
        case .success(let census):
            self.census = census
            let rhythm = configuration.rhythm
            let claiming = claimer.anyUnderWay
            let verdict = rescuer.judge(
                census,
                silence: rhythm.silence,
                absence: rhythm.absence,
                now: now,
                knows: { claiming || slots.runs($0) || finisher.has($0) }
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

    /// Whether nothing runs here and every outcome is written.
    package var isIdle: Bool {
        slots.runningCount == 0 && finisher.count == 0 && !claimer.anyUnderWay
    }

    /// Gives back what still runs, ends all waits, and leaves the register.
    package mutating func end(now: MonotonicTime) {
        isDraining = true
        for id in slots.executorIDs {
            let (attempts, _) = slots.detach(id)
            for job in attempts {
                handBack(job, reason: "the node shut down before this attempt ended")
            }
        }
        waiters.failAll(.draining)
        act(.store(.beat(SessionBeat(queues: [:], leaving: true))))
        settleUp(now: now)
    }
}
