internal import RelayMessages

/// The client's end of one worker's stream.
struct WorkStream: Sendable {
    /// What the gateway says, until the stream ends; throws `RelayError` if it ends badly.
    let messages: AsyncThrowingStream<Wire.WorkResponse.Message, any Error>
    private let connection: ClientConnection
    private let ticket: CallTicket

    /// Opens a stream with its subscription.
    init(_ subscribe: Wire.Subscribe, on connection: ClientConnection) {
        let (messages, continuation) = AsyncThrowingStream.makeStream(
            of: Wire.WorkResponse.Message.self
        )
        let request = Wire.WorkRequest(message: .subscribe(subscribe))
        let ticket = connection.begin(.workRequest(request), isStream: true) { event in
            switch event {
            case .answer(.workResponse(let response), _):
                if let message = response.message { continuation.yield(message) }
            case .answer:
                continuation.finish(throwing: RelayError.answerUnexpected)
            case .refused(let error):
                continuation.finish(throwing: error)
            case .ended(let error):
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { reason in
            if case .cancelled = reason { connection.abandon(ticket) }
        }
        self.messages = messages
        self.connection = connection
        self.ticket = ticket
    }

    func finish(_ key: AttemptKey, _ outcome: ExecutionOutcome) {
        let limit = connection.maxMessageBytes
        send(WorkMapping.finish(key, outcome, maxMessageBytes: limit))
    }

    func progress(_ key: AttemptKey, _ value: RelayValue) {
        guard value.byteCount <= Limits().progressBytes else { return }
        send(WorkMapping.progress(key, value))
    }

    /// Asks for no more jobs; the stream ends with the last one.
    func drain() {
        send(Wire.WorkRequest(message: .drain(Wire.Drain())))
    }

    private func send(_ request: Wire.WorkRequest) {
        connection.send(.workRequest(request), on: ticket)
    }
}
