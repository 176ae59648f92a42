internal import RelayMessages
internal import RelayWire

/// Awaiting many relays at once.
extension RelayClient {
    /// Streams what happens to each of the relays, as it happens.
    ///
    /// - Parameters:
    ///   - relays: The relays; duplicates are answered each.
    ///   - timeout: How long the whole call waits, nil is the gateway's default of 5 s; what is missing then is
    ///     answered with the reason `timeout`.
    ///   - withRetries: Whether to wait through failures, snoozes and rescues.
    ///   - progress: Whether progress reports are wanted.
    ///   - stopAfter: Ends once this many are ok; 0 waits for all.
    ///   - failFast: Ends at the first that is not ok.
    /// - Returns: The events; the sequence ends when all is answered.
    /// - Throws: `RelayError` if no connection can be made; the sequence throws it if the call cannot go on.
    public func awaitMany(
        _ relays: [RelayHandle],
        timeout: Duration? = nil,
        withRetries: Bool = false,
        progress: Bool = false,
        stopAfter: Int = 0,
        failFast: Bool = false
    ) async throws -> AwaitManySequence {
        let request = Wire.AwaitManyRequest(
            relays: relays.map(AnswerMapping.wire),
            timeout: timeout.map { Wire.Duration($0) },
            withRetries: withRetries,
            progress: progress,
            stopAfter: UInt32(clamping: stopAfter),
            failFast: failFast
        )
        let connection = try await keeper.connection()
        return AwaitManySequence(
            AsyncThrowingStream { continuation in
                let receiver = AwaitManyReceiver(relays: relays, continuation: continuation)
                let ticket = connection.begin(.awaitManyRequest(request), isStream: true) {
                    receiver.receive($0)
                }
                continuation.onTermination = { reason in
                    if case .cancelled = reason { connection.abandon(ticket) }
                }
            }
        )
    }
}
