public import RelayCore
internal import RelayEngine

/// Calling jobs and awaiting their answers.
extension RelayRuntime {
    /// Inserts jobs, all or none of them, and returns a relay for each, in order.
    ///
    /// - Throws: `RelayError`; `INVALID_ARGUMENT` names every field that is wrong.
    public func async(_ jobs: [NewJob]) async throws -> [RelayHandle] {
        let violations = jobs.enumerated().flatMap { $1.violations(path: "jobs[\($0)]") }
        if !violations.isEmpty { throw RelayError.invalid(violations) }
        return try await withCheckedThrowingContinuation { continuation in
            engine.async(jobs) { continuation.resume(with: $0) }
        }
    }

    /// Inserts a job and returns its relay.
    ///
    /// - Throws: `RelayError`; `INVALID_ARGUMENT` names every field that is wrong.
    public func async(_ job: NewJob) async throws -> RelayHandle {
        let relays = try await async([job])
        guard let relay = relays.first else { throw RelayError.lost }
        return relay
    }

    /// Inserts a job with Codable arguments, which must encode to a JSON object, and returns its relay.
    ///
    /// - Throws: `RelayError`, or what the arguments' `encode(to:)` throws.
    public func async(
        _ worker: String,
        _ args: some Encodable & Sendable,
        queue: String = "default"
    ) async throws -> RelayHandle {
        try await async(try NewJob(worker: worker, queue: queue, encoding: args))
    }

    /// Waits for a relay's answer and returns it whatever it is.
    ///
    /// - Parameters:
    ///   - relay: The relay, from this runtime or any other node of the same database.
    ///   - timeout: How long to wait; zero answers at once with what is known.
    ///   - withRetries: Whether to wait through failures, snoozes and rescues.
    ///   - cancelOn: When the end of the wait also cancels the job.
    /// - Returns: The answer, with the attempt that it belongs to.
    /// - Throws: `RelayError`, or `CancellationError`.
    public func answer(
        _ relay: RelayHandle,
        timeout: Duration = .seconds(5),
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> AwaitAnswer {
        let options = AwaitOptions(timeout: timeout, withRetries: withRetries, cancelOn: cancelOn)
        return try await PendingAnswer(engine).value { [engine] reply in
            engine.await(relay, options: options, then: reply)
        }
    }

    /// Waits for a relay's value.
    ///
    /// - Throws: `Failure` if there is none, `RelayError`, or `CancellationError`.
    public func await(
        _ relay: RelayHandle,
        timeout: Duration = .seconds(5),
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> RelayValue {
        try await answer(relay, timeout: timeout, withRetries: withRetries, cancelOn: cancelOn)
            .value()
    }

    /// Waits for a relay's value, decoded from JSON.
    ///
    /// - Throws: `Failure` if there is none, `RelayError`, `ValueMismatch`, `CancellationError`, or what the type's
    ///   `init(from:)` throws.
    public func await<Value: Decodable>(
        _ relay: RelayHandle,
        as type: Value.Type,
        timeout: Duration = .seconds(5),
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> Value {
        let answer = try await answer(
            relay,
            timeout: timeout,
            withRetries: withRetries,
            cancelOn: cancelOn
        )
        return try JSONCoding.decode(type, from: answer.value())
    }

    /// Inserts a job and waits for its value, in one step.
    ///
    /// - Throws: `Failure` if there is none, `RelayError`, or `CancellationError`.
    public func call(
        _ job: NewJob,
        timeout: Duration = .seconds(5),
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> RelayValue {
        let violations = job.violations(path: "job")
        if !violations.isEmpty { throw RelayError.invalid(violations) }
        let options = AwaitOptions(timeout: timeout, withRetries: withRetries, cancelOn: cancelOn)
        let answer = try await PendingAnswer(engine).value { [engine] reply in
            engine.call(job, options: options, then: reply)
        }
        return try answer.value()
    }

    /// Inserts a job with Codable arguments and waits for its value, decoded from JSON.
    ///
    /// - Throws: as the other `call`, and what encoding and decoding throw.
    public func call<Value: Decodable>(
        _ worker: String,
        _ args: some Encodable & Sendable,
        as type: Value.Type,
        queue: String = "default",
        timeout: Duration = .seconds(5),
        withRetries: Bool = false
    ) async throws -> Value {
        let job = try NewJob(worker: worker, queue: queue, encoding: args)
        return try JSONCoding.decode(
            type,
            from: try await call(job, timeout: timeout, withRetries: withRetries)
        )
    }

    /// Cancels a job; false if it had ended already.
    ///
    /// - Throws: `RelayError`, with `NOT_FOUND` for an unknown relay.
    public func cancel(_ relay: RelayHandle) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            engine.cancel(relay) { continuation.resume(with: $0.map(\.cancelled)) }
        }
    }
}

extension AwaitAnswer {
    /// The value.
    ///
    /// - Throws: `Failure` if there is none.
    public func value() throws(Failure) -> RelayValue {
        switch outcome {
        case .ok(let value): return value
        case .failed(let failure): throw failure
        }
    }
}

extension NewJob {
    /// Makes a job whose arguments are encoded as JSON; they must encode to an object.
    ///
    /// - Throws: what the arguments' `encode(to:)` throws.
    public init(worker: String, queue: String = "default", encoding args: some Encodable) throws {
        guard case .json(let text) = try JSONCoding.encode(args) else { throw RelayError.lost }
        self.init(worker: worker, queue: queue, args: text)
    }
}

extension RelayError {
    fileprivate static func invalid(_ violations: [FieldViolation]) -> RelayError {
        RelayError(
            .invalidArgument,
            reason: "INVALID_JOB",
            message: "the job is not valid",
            violations: violations
        )
    }

    fileprivate static var lost: RelayError {
        RelayError(.internal, reason: "INTERNAL", message: "the engine answered without an answer")
    }
}
