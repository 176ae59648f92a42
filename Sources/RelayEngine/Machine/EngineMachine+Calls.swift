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
        insertingCalls.insert(id)
        let terms = Inserter.CallTerms(
            withRetries: options.withRetries,
            cancelOn: options.cancelOn,
            deadline: deadline(options.timeout, now: now),
            reply: reply
        )
        inserter.add(request([job]), for: .call(id, terms))
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
        open(
            id,
            relay,
            withRetries: options.withRetries,
            cancelOn: options.cancelOn,
            deadline: deadline(options.timeout, now: now),
            seen: nil,
            reply: reply,
            now: now
        )
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
        waiters.open(id, group)
        for relay in relays { reader.want(relay.jobID) }
        if options.progress {
            for relay in relays {
                if let value = progressBook.last(relay.jobID) {
                    waiters.progress(relay.jobID, value)
                }
            }
        }
        timers.add(.heartbeat(id), at: now + configuration.limits.heartbeatInterval)
        startTimeout(id, deadline(options.timeout, now: now), now: now)
        settleUp(now: now)
        return id
    }

    /// The caller of a wait has left.
    package mutating func abandon(_ id: WaitID, now: MonotonicTime) {
        if insertingCalls.contains(id) {
            abandonedCalls.insert(id)
        } else {
            waiters.abandon(id)
        }
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
        for (purpose, result) in zip(inserter.batchEnded(), results) {
            switch result {
            case .success(let jobs):
                for job in jobs where job.state == .available && !job.duplicate { offer(job.queue) }
                welcome(jobs, purpose, now: now)
            case .failure(let error):
                refuse(purpose, error)
            }
        }
        settleUp(now: now)
    }

    /// A batch of cancellations has ended.
    package mutating func cancelEnded(
        _ result: Result<[CancelReport], StoreError>,
        now: MonotonicTime
    ) {
        let replies = canceller.batchEnded()
        switch result {
        case .failure(let error):
            for case .some(let reply) in replies {
                act(.cancelled(reply, .failure(RelayError(store: error))))
            }
        case .success(let reports):
            for (reply, report) in zip(replies, reports) {
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
        guard waiters.openCount + relays > configuration.limits.maxOpenWaits else { return nil }
        return RelayError(
            .resourceExhausted,
            reason: "TOO_MANY_WAITS",
            message:
                "this node holds \(waiters.openCount) open waits already; try again later or elsewhere",
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
        withRetries: Bool,
        cancelOn: CancelOn,
        deadline: MonotonicTime?,
        seen: JobWatch.Seen?,
        reply: @escaping AwaitReply,
        now: MonotonicTime
    ) {
        let wait = SingleWait(
            relay: relay,
            withRetries: withRetries,
            cancelOn: cancelOn,
            reply: reply,
            firstRead: reader.nextSequence,
            finalRead: nil
        )
        waiters.open(id, wait, seen: seen)
        startTimeout(id, deadline, now: now)
    }

    private mutating func startTimeout(_ id: WaitID, _ deadline: MonotonicTime?, now: MonotonicTime)
    {
        guard let deadline else { return }
        if deadline <= now {
            timedOut(id, now: now)
        } else {
            timers.add(.timeout(id), at: deadline)
        }
    }

    /// The timeout has come: the row is read once more, so that the answer says where the job is now.
    mutating func timedOut(_ id: WaitID, now: MonotonicTime) {
        guard let jobs = waiters.timedOut(id) else { return }
        waiters.close(id, finalRead: reader.nextSequence)
        for job in jobs { reader.want(job) }
        timers.add(.finalRead(id), at: now + configuration.rhythm.finalRead)
    }

    /// Jobs of a queue are available: run them here if somebody can, else let the others know.
    mutating func offer(_ queue: String) {
        if slots.serves(queue) { claimer.wake(queue) }
        if slots.free(queue) - claimer.reserved(queue) <= 0 { notifier.available(queue) }
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
        case .call(let id, let terms):
            insertingCalls.remove(id)
            guard let job = jobs.first, let relay = relays.first else { return }
            if abandonedCalls.remove(id) != nil {
                if terms.cancelOn.includesAbandon { canceller.add(relay.target, reply: nil) }
                return
            }
            let seen =
                job.duplicate ? nil : JobWatch.Seen(state: job.state, attempt: 0, queue: job.queue)
            open(
                id,
                relay,
                withRetries: terms.withRetries,
                cancelOn: terms.cancelOn,
                deadline: terms.deadline,
                seen: seen,
                reply: terms.reply,
                now: now
            )
            // A fresh job needs no read, unless it was faster than the news of its own insertion.
            if job.duplicate || recent.contains(job.id) { reader.want(job.id) }
        }
    }

    private mutating func refuse(_ purpose: Inserter.Purpose, _ error: StoreError) {
        let refusal = RelayError(insert: error)
        if refusal.code == .unavailable { note(.insertFailed("\(error)")) }
        switch purpose {
        case .async(let reply):
            act(.relays(reply, .failure(refusal)))
        case .call(let id, let terms):
            insertingCalls.remove(id)
            if abandonedCalls.remove(id) == nil { act(.answer(terms.reply, .failure(refusal))) }
        }
    }

    private mutating func cancelled(_ report: CancelReport, now: MonotonicTime) {
        guard let snapshot = report.snapshot else { return }
        waiters.settle(snapshot, executors: executors)
        guard case .cancelled(let wasExecuting) = report.result else { return }
        if let (executor, key) = slots.kill(snapshot.id) {
            act(.stop(executor, key))
        } else if wasExecuting {
            notifier.send(.kill(job: snapshot.id))
        }
        tellOthers(of: snapshot, now: now)
    }

    /// Lets waiters elsewhere know that the row has news.
    mutating func tellOthers(of snapshot: JobSnapshot, now: MonotonicTime) {
        recent.insert(snapshot.id, now: now)
        if snapshot.ref != nil, othersMayListen(now: now) { notifier.settled(snapshot.id) }
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
