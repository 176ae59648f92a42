internal import RelayMessages
internal import RelayWire

/// Calling jobs and awaiting their answers.
extension RelayClient {
    /// Inserts jobs, all or none of them, and returns a relay for each, in order.
    ///
    /// - Parameters:
    ///   - jobs: At least one.
    ///   - instance: The named instance of the gateway.
    /// - Returns: The relays.
    /// - Throws: `RelayError`; `INVALID_ARGUMENT` names every field that is wrong. `CancellationError`, after which
    ///   the jobs may or may not be there.
    public func async(
        _ jobs: [NewJob],
        instance: String = RelayHandle.defaultInstance
    ) async throws -> [RelayHandle] {
        let request = Wire.AsyncRequest(instance: instance, jobs: jobs.map(JobMapping.wire))
        guard case .asyncResponse(let response) = try await answer(to: .asyncRequest(request)),
            response.relays.count == jobs.count
        else { throw RelayError.answerUnexpected }
        return try response.relays.map { try AnswerMapping.handle($0) }
    }

    /// Inserts a job and returns its relay.
    ///
    /// - Throws: `RelayError` and `CancellationError`, as the other `async`.
    public func async(
        _ job: NewJob,
        instance: String = RelayHandle.defaultInstance
    ) async throws -> RelayHandle {
        let relays = try await async([job], instance: instance)
        guard let relay = relays.first else { throw RelayError.answerUnexpected }
        return relay
    }

    /// Waits for a relay's answer and returns it whatever it is.
    ///
    /// - Parameters:
    ///   - relay: The relay, from any gateway of the same database.
    ///   - timeout: How long to wait; nil is the gateway's default of 5 s, zero answers at once with what is known.
    ///   - withRetries: Whether to wait through failures, snoozes and rescues.
    ///   - cancelOn: When the end of the wait also cancels the job.
    /// - Returns: The answer; a timeout is one, too.
    /// - Throws: `RelayError`, or `CancellationError`.
    public func answer(
        _ relay: RelayHandle,
        timeout: Duration? = nil,
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> AwaitAnswer {
        let request = Wire.AwaitRequest(
            relay: AnswerMapping.wire(relay),
            timeout: timeout.map { Wire.Duration($0) },
            withRetries: withRetries,
            cancelOn: AnswerMapping.wire(cancelOn)
        )
        guard case .awaitResponse(let response) = try await answer(to: .awaitRequest(request)),
            let result = response.result
        else { throw RelayError.answerUnexpected }
        return AnswerMapping.answer(result, of: relay)
    }

    /// Waits for a relay's value.
    ///
    /// - Throws: `Failure` if there is none, `RelayError`, or `CancellationError`.
    public func await(
        _ relay: RelayHandle,
        timeout: Duration? = nil,
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> RelayValue {
        try await answer(
            relay,
            timeout: timeout,
            withRetries: withRetries,
            cancelOn: cancelOn
        ).outcome.get()
    }

    /// Inserts a job and waits for its answer, in one round trip.
    ///
    /// - Returns: The answer whatever it is, with the relay to go on waiting by.
    /// - Throws: `RelayError`, or `CancellationError`.
    public func callAnswer(
        _ job: NewJob,
        instance: String = RelayHandle.defaultInstance,
        timeout: Duration? = nil,
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> AwaitAnswer {
        let request = Wire.CallRequest(
            instance: instance,
            job: JobMapping.wire(job),
            timeout: timeout.map { Wire.Duration($0) },
            withRetries: withRetries,
            cancelOn: AnswerMapping.wire(cancelOn)
        )
        guard case .callResponse(let response) = try await answer(to: .callRequest(request))
        else { throw RelayError.answerUnexpected }
        return try AnswerMapping.answer(response.result)
    }

    /// Inserts a job and waits for its value, in one round trip.
    ///
    /// - Throws: `Failure` if there is none, `RelayError`, or `CancellationError`.
    public func call(
        _ job: NewJob,
        instance: String = RelayHandle.defaultInstance,
        timeout: Duration? = nil,
        withRetries: Bool = false,
        cancelOn: CancelOn = .never
    ) async throws -> RelayValue {
        try await callAnswer(
            job,
            instance: instance,
            timeout: timeout,
            withRetries: withRetries,
            cancelOn: cancelOn
        ).outcome.get()
    }

    /// Cancels a job; what it says is whether this call did, and the job's state now.
    ///
    /// - Throws: `RelayError`, with `NOT_FOUND` for an unknown relay, or `CancellationError`.
    public func cancel(_ relay: RelayHandle) async throws -> (cancelled: Bool, state: JobState?) {
        let request = Wire.CancelRequest(relay: AnswerMapping.wire(relay))
        guard case .cancelResponse(let response) = try await answer(to: .cancelRequest(request))
        else { throw RelayError.answerUnexpected }
        return (response.cancelled, JobState(rawValue: response.state))
    }
}

extension AwaitOutcome {
    fileprivate func get() throws(Failure) -> RelayValue {
        switch self {
        case .ok(let value): return value
        case .failed(let failure): throw failure
        }
    }
}
