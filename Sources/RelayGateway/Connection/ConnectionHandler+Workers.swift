internal import DequeModule
internal import Logging
internal import RelayCore
internal import RelayEngine
internal import RelayMessages
internal import RelayWire

/// What waits for room on its way to a worker.
enum HeldWork {
    case job(CallKey, ClaimedJob)
    case stop(CallKey, AttemptKey)
}

/// Workers' streams.
extension ConnectionHandler {
    /// What a job's message takes besides its texts, at most.
    private static let jobOverheadBytes = 4_096

    /// Does what a stream's machine says.
    func perform(_ action: WorkStreamMachine.OnRequest, _ worker: WorkerCall, _ key: CallKey) {
        switch action {
        case .subscribe(let subscribe):
            self.subscribe(subscribe, worker, key)
        case .finish(let executor, let attempt, let outcome):
            let outcome = WorkMapping.outcome(outcome)
            worker.engine?.finish(attempt, by: executor, outcome) { [outbox] result in
                outbox.post(.finished(key, attempt, result))
            }
        case .refuseFinish(let attempt):
            answer(key, .finished(WorkMapping.finished(attempt, accepted: false)))
        case .progress(let executor, let attempt, let value):
            progress(attempt, by: executor, value, worker)
        case .drain(let executor):
            worker.engine?.drain(executor)
            answer(key, .draining(Wire.Draining()))
            outbox.post(.drainBegun(key))
        case .fail(let executor, let error):
            if let executor {
                worker.engine?.detach(executor, reason: "the worker's stream failed")
            }
            answer(key, .status(Wire.Status(error)), isLast: true)
        case .ignore:
            break
        }
    }

    private func subscribe(_ wire: Wire.Subscribe, _ worker: WorkerCall, _ key: CallKey) {
        let configuration = environment.configuration
        do throws(RelayError) {
            let subscription = try WorkMapping.subscription(wire, configuration: configuration)
            let engine = try environment.starter.engines.engine(
                subscription.instance,
                for: principal,
                .work
            )
            try subscription.check(principal)
            worker.engine = engine
            answer(key, .subscribed(Wire.Subscribed(node: configuration.node)))
            let executor = engine.attach(worker.stream, queues: subscription.queues)
            worker.machine.attached(executor)
            logger.debug(
                "worker subscribed",
                metadata: [
                    "worker": "\(LogText(subscription.node))",
                    "queues": "\(subscription.queues.count)",
                ]
            )
        } catch {
            _ = worker.machine.leave()
            answer(key, .status(Wire.Status(error)), isLast: true)
        }
    }

    private func progress(
        _ attempt: AttemptKey,
        by executor: ExecutorID,
        _ wire: Wire.Value?,
        _ worker: WorkerCall
    ) {
        do throws(ValueMapping.Refusal) {
            let value = try ValueMapping.value(wire)
            let limit = environment.configuration.limits.progressBytes
            guard value.byteCount <= limit else {
                logger.debug("a progress report is over the limit", metadata: ["limit": "\(limit)"])
                return
            }
            worker.engine?.progress(attempt, by: executor, value)
        } catch {
            logger.debug("a progress report is not a value", metadata: ["why": "\(error.reason)"])
        }
    }

    private func answer(_ key: CallKey, _ message: Wire.WorkResponse.Message) {
        answer(key, .workResponse(Wire.WorkResponse(message: message)), isLast: false)
    }

    private func worker(_ key: CallKey) -> WorkerCall? {
        guard let call = calls[key.id], call.key == key, case .worker(let worker) = call.work
        else { return nil }
        return worker
    }

    // MARK: What engines say

    func give(_ jobs: [ClaimedJob], to key: CallKey) {
        guard let worker = worker(key) else { return }
        for job in jobs where worker.machine.given(job.key) {
            heldWork.append(.job(key, job))
        }
    }

    func stop(_ attempt: AttemptKey, of key: CallKey) {
        guard let worker = worker(key), worker.machine.isRunning(attempt) else { return }
        heldWork.append(.stop(key, attempt))
    }

    /// Sends jobs while there is room; those held back do not count as waiting for a client that
    /// doesn't read.
    func sendHeldWork() {
        let room = environment.configuration.limits.outboundPauseBytes
        while waitingBytes <= room, let work = heldWork.popFirst() {
            switch work {
            case .job(let key, let job): send(job, to: key)
            case .stop(let key, let attempt): answer(key, .cancel(WorkMapping.cancel(attempt)))
            }
        }
    }

    private func send(_ job: ClaimedJob, to key: CallKey) {
        guard let worker = worker(key), worker.machine.isRunning(job.key) else { return }
        let limit = environment.configuration.limits.maxMessageBytes
        guard job.textBytes + Self.jobOverheadBytes <= limit else {
            refuse(job, worker, key, limit: limit)
            return
        }
        answer(key, .job(WorkMapping.job(job)))
    }

    private func refuse(_ job: ClaimedJob, _ worker: WorkerCall, _ key: CallKey, limit: Int) {
        let request = Wire.WorkRequest(
            message: .finish(
                Wire.Finish(
                    jobID: job.id,
                    attempt: UInt32(clamping: job.attempt),
                    outcome: .exception(
                        Wire.Exception(
                            kind: "JobTooLarge",
                            message: "the job is over the limit of \(limit) bytes of a message"
                        )
                    )
                )
            )
        )
        perform(worker.machine.received(request), worker, key)
    }

    func drainBegun(_ key: CallKey) {
        guard let worker = worker(key), let executor = worker.machine.drainBegun() else { return }
        finish(worker, executor, key)
    }

    func finished(_ attempt: AttemptKey, of key: CallKey, _ result: Result<Bool, RelayError>) {
        guard let worker = worker(key) else { return }
        let accepted: Bool
        switch result {
        case .success(let value):
            accepted = value
        case .failure(let error):
            logger.warning("an outcome was not taken", metadata: ["reason": "\(error.reason)"])
            accepted = false
        }
        let verdict = worker.machine.finished(attempt)
        if verdict != .ignore {
            answer(key, .finished(WorkMapping.finished(attempt, accepted: accepted)))
        }
        if case .answerAndEnd(let executor) = verdict { finish(worker, executor, key) }
    }

    private func finish(_ worker: WorkerCall, _ executor: ExecutorID, _ key: CallKey) {
        worker.engine?.detach(executor, reason: "the worker drained")
        answer(key, .status(.ok), isLast: true)
    }
}

extension ClaimedJob {
    fileprivate var textBytes: Int {
        var count = args.utf8.count + meta.utf8.count + worker.utf8.count + queue.utf8.count
        count += traceparent?.utf8.count ?? 0
        for tag in tags { count += tag.utf8.count + 8 }
        return count
    }
}
