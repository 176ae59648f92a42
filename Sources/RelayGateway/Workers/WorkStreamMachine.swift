internal import RelayCore
internal import RelayEngine
internal import RelayMessages

/// One worker's stream, as a value: what it was given and has not finished.
///
/// fresh → subscribed → draining → ended; every state may move to ended. It lives on its
/// connection's loop.
enum WorkStreamMachine: ~Copyable {
    /// Waits for Subscribe. Can move to: subscribed, ended.
    case fresh
    /// Is given jobs. Can move to: draining, ended.
    case subscribed(ExecutorID, Attempts)
    /// Is given no more, and ends with the last one. Can move to: ended.
    case draining(ExecutorID, Attempts)
    case ended

    /// The attempts that the stream holds.
    struct Attempts: Sendable {
        private var running: Set<AttemptKey> = []
        private var finishing: Set<AttemptKey> = []

        var isEmpty: Bool { running.isEmpty && finishing.isEmpty }

        mutating func begin(_ key: AttemptKey) { running.insert(key) }

        func isRunning(_ key: AttemptKey) -> Bool { running.contains(key) }

        /// False if no such attempt runs here.
        mutating func finish(_ key: AttemptKey) -> Bool {
            guard running.remove(key) != nil else { return false }
            finishing.insert(key)
            return true
        }

        mutating func finished(_ key: AttemptKey) { finishing.remove(key) }
    }

    /// What to do about a message of the worker.
    enum OnRequest: Sendable, Equatable {
        /// Attach an executor, then say so with ``attached(_:)``.
        case subscribe(Wire.Subscribe)
        /// Let the engine finish it, then say so with ``finished(_:)``.
        case finish(ExecutorID, AttemptKey, Wire.Finish.Outcome?)
        /// Answer that it was not accepted: the stream doesn't hold it.
        case refuseFinish(AttemptKey)
        case progress(ExecutorID, AttemptKey, Wire.Value?)
        /// Tell the engine, answer Draining, then say so with ``drainBegun()`` once all jobs that
        /// were on their way are given.
        case drain(ExecutorID)
        /// End the stream with the error, and detach where an executor is named.
        case fail(ExecutorID?, RelayError)
        case ignore
    }

    /// The worker sent a message.
    mutating func received(_ request: Wire.WorkRequest) -> OnRequest {
        switch consume self {
        case .fresh:
            if case .subscribe(let subscribe) = request.message {
                self = .fresh
                return .subscribe(subscribe)
            }
            self = .ended
            return .fail(nil, .subscribeExpected)
        case .subscribed(let executor, var attempts):
            switch request.message {
            case .drain:
                self = .draining(executor, attempts)
                return .drain(executor)
            case .subscribe:
                self = .ended
                return .fail(executor, .subscribedAlready)
            case .finish, .progress, nil:
                let action = attempts.received(request, executor)
                self = .subscribed(executor, attempts)
                return action
            }
        case .draining(let executor, var attempts):
            switch request.message {
            case .subscribe:
                self = .ended
                return .fail(executor, .subscribedAlready)
            case .finish, .progress, .drain, nil:
                let action = attempts.received(request, executor)
                self = .draining(executor, attempts)
                return action
            }
        case .ended:
            self = .ended
            return .ignore
        }
    }

    /// The engine took the executor.
    mutating func attached(_ executor: ExecutorID) {
        switch consume self {
        case .fresh: self = .subscribed(executor, Attempts())
        case let other: self = other
        }
    }

    /// The engine hands out an attempt; false if the stream has ended, and the engine has it back
    /// already.
    mutating func given(_ key: AttemptKey) -> Bool {
        switch consume self {
        case .subscribed(let executor, var attempts):
            attempts.begin(key)
            self = .subscribed(executor, attempts)
            return true
        case .draining(let executor, var attempts):
            attempts.begin(key)
            self = .draining(executor, attempts)
            return true
        case let other:
            self = other
            return false
        }
    }

    /// Whether an attempt is to be stopped here, which its worker then should be told.
    func isRunning(_ key: AttemptKey) -> Bool {
        switch self {
        case .subscribed(_, let attempts): attempts.isRunning(key)
        case .draining(_, let attempts): attempts.isRunning(key)
        case .fresh: false
        case .ended: false
        }
    }

    /// The executor, while one is attached.
    var executor: ExecutorID? {
        switch self {
        case .subscribed(let executor, _): executor
        case .draining(let executor, _): executor
        case .fresh: nil
        case .ended: nil
        }
    }

    /// What to do once the engine has dealt with a finish.
    enum OnFinished: Sendable, Equatable {
        case answer
        /// Answer, detach, and end the stream with OK.
        case answerAndEnd(ExecutorID)
        case ignore
    }

    /// The engine has dealt with a finish.
    mutating func finished(_ key: AttemptKey) -> OnFinished {
        switch consume self {
        case .subscribed(let executor, var attempts):
            attempts.finished(key)
            self = .subscribed(executor, attempts)
            return .answer
        case .draining(let executor, var attempts):
            attempts.finished(key)
            if attempts.isEmpty {
                self = .ended
                return .answerAndEnd(executor)
            }
            self = .draining(executor, attempts)
            return .answer
        case let other:
            self = other
            return .ignore
        }
    }

    /// The server goes away.
    mutating func serverDrains() -> OnRequest {
        switch consume self {
        case .subscribed(let executor, let attempts):
            self = .draining(executor, attempts)
            return .drain(executor)
        case .fresh:
            self = .ended
            return .fail(nil, .workerDraining)
        case let other:
            self = other
            return .ignore
        }
    }

    /// The engine gives no more, and what it gave before has come; the executor to detach if
    /// nothing runs, and the stream then ends with OK.
    mutating func drainBegun() -> ExecutorID? {
        switch consume self {
        case .draining(let executor, let attempts):
            if attempts.isEmpty {
                self = .ended
                return executor
            }
            self = .draining(executor, attempts)
            return nil
        case let other:
            self = other
            return nil
        }
    }

    /// The worker left, or its connection was lost; the executor to detach.
    mutating func leave() -> ExecutorID? {
        let executor = executor
        self = .ended
        return executor
    }
}

extension WorkStreamMachine.Attempts {
    fileprivate mutating func received(
        _ request: Wire.WorkRequest,
        _ executor: ExecutorID
    ) -> WorkStreamMachine.OnRequest {
        switch request.message {
        case .finish(let finish):
            let key = AttemptKey(jobID: finish.jobID, attempt: Int(finish.attempt))
            return self.finish(key)
                ? .finish(executor, key, finish.outcome) : .refuseFinish(key)
        case .progress(let report):
            let key = AttemptKey(jobID: report.jobID, attempt: Int(report.attempt))
            return isRunning(key) ? .progress(executor, key, report.value) : .ignore
        case .subscribe, .drain, nil:
            // A message that is not known here is of a newer worker; nothing depends on it.
            return .ignore
        }
    }
}
