internal import NIOConcurrencyHelpers
internal import RelayMessages

/// Joins a task that waits to a call with one answer: the answer resumes the task, cancelling the task abandons the
/// call.
final class UnaryCall: Sendable {
    enum Ending: Sendable {
        case answer(Wire.ServerFrame.Body)
        /// It was never sent.
        case refused(RelayError)
    }

    private struct State {
        var continuation: CheckedContinuation<Ending, any Error>?
        var ticket: CallTicket?
        var isCancelled = false
    }

    private let connection: ClientConnection
    private let state = NIOLockedValueBox(State())

    init(_ connection: ClientConnection) {
        self.connection = connection
    }

    /// Sends the request and waits for its answer; throws `RelayError`, or `CancellationError`.
    func ending(of request: Wire.ClientFrame.Body) async throws -> Ending {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLockedValue { $0.continuation = continuation }
                let ticket = connection.begin(request) { self.received($0) }
                let leave = state.withLockedValue { state in
                    state.ticket = ticket
                    return state.isCancelled
                }
                if leave { abandon(ticket) }
            }
        } onCancel: {
            let ticket = state.withLockedValue { state in
                state.isCancelled = true
                return state.ticket
            }
            if let ticket { abandon(ticket) }
        }
    }

    private func received(_ event: CallEvent) {
        switch event {
        case .answer(let body, _): resume(.success(.answer(body)))
        case .refused(let error): resume(.success(.refused(error)))
        case .ended(let error): resume(.failure(error ?? .answerUnexpected))
        }
    }

    private func abandon(_ ticket: CallTicket) {
        connection.abandon(ticket)
        resume(.failure(CancellationError()))
    }

    private func resume(_ result: Result<Ending, any Error>) {
        let continuation = state.withLockedValue { state in
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(with: result)
    }
}
