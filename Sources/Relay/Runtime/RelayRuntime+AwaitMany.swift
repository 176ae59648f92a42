public import RelayCore
internal import RelayEngine

/// Awaiting many relays at once.
extension RelayRuntime {
    /// Streams each relay's value as it happens.
    ///
    /// - Parameters:
    ///   - relays: The relays; duplicates are answered each.
    ///   - timeout: How long the whole call waits; what is missing then comes as a failure with the reason `timeout`.
    ///   - withRetries: Whether to wait through failures, snoozes and rescues.
    ///   - stopAfter: Ends once this many are ok; 0 waits for all.
    ///   - failFast: Ends at the first that is not ok.
    /// - Returns: A sequence that throws `RelayError` if the call cannot go on.
    public func awaitMany(
        _ relays: [RelayHandle],
        timeout: Duration = .seconds(5),
        withRetries: Bool = false,
        stopAfter: Int = 0,
        failFast: Bool = false
    ) -> AwaitManySequence<RelayValue> {
        stream(
            relays,
            AwaitManyOptions(
                timeout: timeout,
                withRetries: withRetries,
                stopAfter: stopAfter,
                failFast: failFast
            )
        ) { $0 }
    }

    /// Streams each relay's value as it happens, decoded from JSON.
    ///
    /// - Returns: A sequence like that of the other `awaitMany`.
    public func awaitMany<Value: Decodable & Sendable>(
        _ relays: [RelayHandle],
        as type: Value.Type,
        timeout: Duration = .seconds(5),
        withRetries: Bool = false,
        stopAfter: Int = 0,
        failFast: Bool = false
    ) -> AwaitManySequence<Value> {
        stream(
            relays,
            AwaitManyOptions(
                timeout: timeout,
                withRetries: withRetries,
                stopAfter: stopAfter,
                failFast: failFast
            )
        ) { try JSONCoding.decode(type, from: $0) }
    }

    private func stream<Value: Sendable>(
        _ relays: [RelayHandle],
        _ options: AwaitManyOptions,
        decode: @escaping @Sendable (RelayValue) throws -> Value
    ) -> AwaitManySequence<Value> {
        AwaitManySequence(
            AsyncThrowingStream { continuation in
                let wait = engine.awaitMany(relays, options: options) { events in
                    for event in events {
                        switch event {
                        case .answer(let index, let answer):
                            let result = Result { try decode(try answer.value()) }
                            continuation.yield(
                                .init(index: index, relay: answer.relay, result: result)
                            )
                        case .finished(let error):
                            continuation.finish(throwing: error)
                        case .progress, .heartbeat:
                            break
                        }
                    }
                }
                continuation.onTermination = { [engine] reason in
                    if case .cancelled = reason { engine.abandon(wait) }
                }
            }
        )
    }
}
