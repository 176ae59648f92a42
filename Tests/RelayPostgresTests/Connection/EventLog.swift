import NIOConcurrencyHelpers
import RelayPostgres

/// Collects a connection's events, and lets a test wait for one.
final class EventLog: Sendable {
    private let stream: AsyncStream<PGEvent>
    private let continuation: AsyncStream<PGEvent>.Continuation
    private let seen = NIOLockedValueBox<[PGEvent]>([])

    init() {
        (stream, continuation) = AsyncStream<PGEvent>.makeStream()
    }

    /// Everything so far.
    var events: [PGEvent] { seen.withLockedValue { $0 } }

    /// The payloads of all notifications so far.
    var payloads: [String] {
        events.compactMap { if case .notification(_, let payload, _) = $0 { payload } else { nil } }
    }

    /// To be given to the connection.
    func record(_ event: PGEvent) {
        seen.withLockedValue { $0.append(event) }
        continuation.yield(event)
    }

    /// Waits for the next event of a kind, passing over others.
    func next<Value>(_ pick: (PGEvent) -> Value?) async -> Value? {
        for await event in stream {
            if let value = pick(event) { return value }
        }
        return nil
    }

    /// Waits for the next connect, and gives the server process's number.
    func nextBackend() async -> Int32? {
        await next { if case .connected(_, let pid) = $0 { pid } else { nil } }
    }

    /// Waits for the next loss, and gives its reason.
    func nextLoss() async -> PGError? {
        await next { if case .disconnected(let error) = $0 { error } else { nil } }
    }

    /// Waits for the next notification.
    func nextNotification() async -> (channel: String, payload: String)? {
        await next {
            if case .notification(let channel, let payload, _) = $0 {
                (channel, payload)
            } else {
                nil
            }
        }
    }
}
