package import NIOConcurrencyHelpers
package import RelayCore

extension OutgoingSignal {
    /// What listeners hear of it; `node` is who sent it.
    package func heard(from node: String) -> [IncomingSignal] {
        switch self {
        case .available(let queues): queues.sorted().map { .available(queue: $0) }
        case .settled(let jobs): [.settled(jobs: jobs)]
        case .kill(let job): [.kill(job: job)]
        case .progress(let job, let attempt, let value):
            [.progress(job: job, attempt: attempt, value: value)]
        case .hello(let nonce): [.hello(node: node, nonce: nonce)]
        }
    }
}

/// Carries hints between the engines of one test.
package final class SignalBus: Sendable {
    /// What becomes of a hint.
    package enum Fate: Sendable {
        case deliver, drop, double
        /// It is held until `release`.
        case hold
    }

    private struct State {
        var listeners: [String: @Sendable (IncomingSignal) -> Void] = [:]
        var held: [IncomingSignal] = []
        var fate: @Sendable (OutgoingSignal) -> Fate = { _ in .deliver }
    }

    private let state = NIOLockedValueBox(State())

    /// Makes a bus on which everything arrives.
    package init() {}

    /// Says what becomes of each hint from now on.
    package func setFate(_ fate: @escaping @Sendable (OutgoingSignal) -> Fate) {
        state.withLockedValue { $0.fate = fate }
    }

    /// Delivers what was held.
    package func release() {
        let held = state.withLockedValue { state in
            defer { state.held = [] }
            return state.held
        }
        for signal in held { deliver(signal) }
    }

    func listen(_ node: String, _ receive: (@Sendable (IncomingSignal) -> Void)?) {
        state.withLockedValue { $0.listeners[node] = receive }
    }

    func send(_ signal: OutgoingSignal, from node: String) {
        let heard = signal.heard(from: node)
        switch state.withLockedValue({ $0.fate })(signal) {
        case .deliver: for signal in heard { deliver(signal) }
        case .double: for signal in heard + heard { deliver(signal) }
        case .drop: break
        case .hold: state.withLockedValue { $0.held += heard }
        }
    }

    private func deliver(_ signal: IncomingSignal) {
        for receive in state.withLockedValue({ Array($0.listeners.values) }) { receive(signal) }
    }
}

/// One node's end of a `SignalBus`.
package final class InMemorySignals: JobSignals {
    private let bus: SignalBus
    private let node: String
    /// How often the engine asked for new connections.
    package let resets = NIOLockedValueBox(0)

    /// Makes the end of a node.
    package init(bus: SignalBus = SignalBus(), node: String) {
        self.bus = bus
        self.node = node
    }

    package func send(_ signals: [OutgoingSignal], then: @escaping @Sendable (Bool) -> Void) {
        for signal in signals { bus.send(signal, from: node) }
        then(true)
    }

    package func listen(_ receive: @escaping @Sendable (IncomingSignal) -> Void) {
        bus.listen(node, receive)
        receive(.gap)
    }

    package func reset() { resets.withLockedValue { $0 += 1 } }

    package func stop() { bus.listen(node, nil) }
}
