internal import NIOConcurrencyHelpers
internal import NIOCore

/// The open connections of a gateway.
final class ConnectionRegistry: Sendable {
    /// Why a connection is not admitted.
    enum Refusal: Sendable, Equatable {
        case full
        case draining
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let state = NIOLockedValueBox(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { state.withLockedValue { $0.channels.count } }

    /// Keeps a connection until it closes; nil if it is admitted.
    func admit(_ channel: any Channel) -> Refusal? {
        let id = ObjectIdentifier(channel)
        let refusal: Refusal? = state.withLockedValue { state in
            if state.isDraining { return .draining }
            guard state.channels.count < limit else { return .full }
            state.channels[id] = channel
            return nil
        }
        if refusal == nil {
            channel.closeFuture.whenComplete { _ in
                self.state.withLockedValue { $0.channels[id] = nil }
            }
        }
        return refusal
    }

    /// Admits no more; those that are open.
    func beginDrain() -> [any Channel] {
        state.withLockedValue { state in
            state.isDraining = true
            return Array(state.channels.values)
        }
    }
}
