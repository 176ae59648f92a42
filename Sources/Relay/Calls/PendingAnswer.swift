internal import NIOConcurrencyHelpers
internal import RelayEngine
import RelayCore

/// Joins a task that waits to an open wait of the engine: the answer resumes the task, cancelling the task abandons
/// the wait.
final class PendingAnswer: Sendable {
    private struct State {
        var continuation: CheckedContinuation<AwaitAnswer, any Error>?
        var wait: WaitID?
        var isCancelled = false
    }

    private let engine: Engine
    private let state = NIOLockedValueBox(State())

    init(_ engine: Engine) {
        self.engine = engine
    }

    /// Opens the wait and returns its answer.
    ///
    /// - Throws: `RelayError`, or `CancellationError` when the task is cancelled.
    func value(opening open: @Sendable (@escaping AwaitReply) -> WaitID) async throws -> AwaitAnswer
    {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLockedValue { $0.continuation = continuation }
                let wait = open { self.resume($0.mapError { $0 }) }
                let leave = state.withLockedValue { state in
                    state.wait = wait
                    return state.isCancelled
                }
                if leave { abandon() }
            }
        } onCancel: {
            let isOpen = state.withLockedValue { state in
                state.isCancelled = true
                return state.wait != nil
            }
            if isOpen { abandon() }
        }
    }

    private func abandon() {
        if let wait = state.withLockedValue({ $0.wait }) { engine.abandon(wait) }
        resume(.failure(CancellationError()))
    }

    private func resume(_ result: Result<AwaitAnswer, any Error>) {
        let continuation = state.withLockedValue { state in
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(with: result)
    }
}
