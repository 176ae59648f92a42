internal import NIOConcurrencyHelpers
internal import NIOCore

/// The open connections of a gateway.
final class ConnectionRegistry: Sendable {
    /// Why a connection is not admitted.
    enum Refusal: Sendable, Equatable {
        case full
        case draining
        /// So many are being told so already that this one is just closed.
        case flooded
    }

    /// The refused connections that are told why at one time.
    static let maxRefused = 256

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var refused = 0
        var isDraining = false

        mutating func refuse(_ refusal: Refusal) -> Refusal {
            guard refused < ConnectionRegistry.maxRefused else { return .flooded }
            refused += 1
            return refusal
        }
    }

    private let state = NIOLockedValueBox(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { state.withLockedValue { $0.channels.count } }

    /// Those that are open.
    var channels: [any Channel] { state.withLockedValue { Array($0.channels.values) } }

    /// Keeps a connection until it closes; nil if it is admitted.
    func admit(_ channel: any Channel) -> Refusal? {
        let id = ObjectIdentifier(channel)
        let refusal: Refusal? = state.withLockedValue { state in
            if state.isDraining { return state.refuse(.draining) }
            guard state.channels.count < limit else { return state.refuse(.full) }
            state.channels[id] = channel
            return nil
        }
        guard refusal != .flooded else { return refusal }
        channel.closeFuture.whenComplete { _ in
            self.state.withLockedValue { state in
                if refusal == nil {
                    state.channels[id] = nil
                } else {
                    state.refused -= 1
                }
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
