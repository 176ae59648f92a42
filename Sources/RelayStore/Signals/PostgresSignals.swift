internal import Logging
import NIOConcurrencyHelpers
package import RelayCore
import RelayPostgres

/// Hints over LISTEN and NOTIFY: one connection listens, one sends, each batch as one notify-only transaction.
package final class PostgresSignals: JobSignals {
    /// A connection that was replaced: it lives as long as its thread has something to do, and its descriptors go with it.
    private struct Retired: Sendable {
        weak let connection: PGConnection?
    }

    private struct State {
        var listener: PGConnection?
        var notifier: PGConnection?
        var retired: [Retired] = []
        var receive: (@Sendable (IncomingSignal) -> Void)?
        var generation = 0
        var isStopped = false
    }

    private let configuration: StoreConfiguration
    private let channels: Channels
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    init(_ configuration: StoreConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        channels = Channels(configuration.schema)
    }

    package func listen(_ receive: @escaping @Sendable (IncomingSignal) -> Void) {
        state.withLockedValue { $0.receive = receive }
        reset()
    }

    package func reset() {
        let old = state.withLockedValue { state -> [PGConnection] in
            guard !state.isStopped, state.receive != nil else { return [] }
            state.generation += 1
            let generation = state.generation
            var listening = configuration.connection("listen")
            listening.channels = channels.all
            let old = [state.listener, state.notifier].compactMap { $0 }
            state.retired.removeAll { $0.connection == nil }
            state.retired += old.map { Retired(connection: $0) }
            state.listener = PGConnection(configuration: listening, name: "listen", logger: logger)
            { [weak self] event in
                self?.heard(event, generation: generation)
            }
            state.notifier = PGConnection(
                configuration: configuration.connection("notify"),
                name: "notify",
                logger: logger
            )
            state.listener?.start()
            state.notifier?.start()
            return old
        }
        for connection in old { connection.close() }
    }

    private func heard(_ event: PGEvent, generation: Int) {
        guard
            let receive = state.withLockedValue({ $0.generation == generation ? $0.receive : nil })
        else { return }
        switch event {
        case .connected: receive(.gap)
        case .disconnected: receive(.lost)
        case .notification(let channel, let payload, _):
            if let signal = read(channel, payload) { receive(signal) }
        }
    }

    private func read(_ channel: String, _ payload: String) -> IncomingSignal? {
        switch channel {
        case channels.insert: ObanPayload.readInsert(payload)
        case channels.signal: ObanPayload.readSignal(payload, node: configuration.session.node)
        case channels.relay: RelayPayload.read(payload)
        default: nil
        }
    }

    package func send(_ signals: [OutgoingSignal], then: @escaping @Sendable (Bool) -> Void) {
        guard let notifier = state.withLockedValue({ $0.notifier }) else { return then(false) }
        var names: [String] = []
        var payloads: [String] = []
        for signal in signals {
            for (name, payload) in texts(of: signal) {
                names.append(name)
                payloads.append(payload)
            }
        }
        if names.isEmpty { return then(true) }
        let notify = PGStatement(
            "SELECT pg_notify(n.channel, n.payload) FROM unnest($1::text[], $2::text[]) AS n(channel, payload)",
            [.textArray(names.map { $0 }), .textArray(payloads.map { $0 })]
        )
        // Notifying commits a transaction number, so it would wait for the disk, with the lock of all who notify.
        let unit = PGUnit([.withoutFlush, notify], deadline: .seconds(2))
        notifier.submit(unit) { result in
            if case .success = result { then(true) } else { then(false) }
        }
    }

    private func texts(of signal: OutgoingSignal) -> [(String, String)] {
        switch signal {
        case .available(let queues):
            queues.map { (channels.insert, ObanPayload.available($0)) }
        case .settled(let jobs):
            RelayPayload.settled(jobs).map { (channels.relay, $0) }
        case .kill(let job):
            [(channels.signal, ObanPayload.kill(job))]
        case .progress(let job, let attempt, let value):
            RelayPayload.progress(job, attempt, value).map { [(channels.relay, $0)] } ?? []
        case .hello(let nonce):
            [(channels.relay, RelayPayload.hello(nonce, node: configuration.session.node))]
        }
    }

    package func stop() {
        let connections = state.withLockedValue { state in
            state.isStopped = true
            return [state.listener, state.notifier].compactMap { $0 }
        }
        for connection in connections { connection.close() }
    }

    /// Returns once all connections have ended.
    func waitUntilStopped() async {
        let connections = state.withLockedValue { state in
            state.retired.compactMap(\.connection)
                + [state.listener, state.notifier].compactMap { $0 }
        }
        for connection in connections { await connection.waitUntilClosed() }
    }
}
