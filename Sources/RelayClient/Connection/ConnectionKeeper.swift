internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Keeps one connection, and makes a new one when it is lost and somebody asks.
final class ConnectionKeeper: Sendable {
    private enum State {
        case none
        case connecting(EventLoopFuture<ClientConnection>)
        case connected(ClientConnection)
        case closed
    }

    private enum Step {
        case take(ClientConnection)
        case wait(EventLoopFuture<ClientConnection>)
        case connect(EventLoopPromise<ClientConnection>)
        case refuse
    }

    let configuration: RelayClientConfiguration
    private let group: any EventLoopGroup
    private let state = NIOLockedValueBox(State.none)

    init(configuration: RelayClientConfiguration, group: any EventLoopGroup) {
        self.configuration = configuration
        self.group = group
    }

    var takesCalls: Bool {
        state.withLockedValue { state in
            if case .connected(let connection) = state { return connection.takesCalls }
            return false
        }
    }

    /// The connection that takes calls; throws `UNAVAILABLE` if none can be made.
    func connection() async throws -> ClientConnection {
        let eventLoop = group.next()
        let step = state.withLockedValue { state -> Step in
            switch state {
            case .connected(let connection) where connection.takesCalls:
                return .take(connection)
            case .connecting(let future):
                return .wait(future)
            case .closed:
                return .refuse
            case .none, .connected:
                let promise = eventLoop.makePromise(of: ClientConnection.self)
                state = .connecting(promise.futureResult)
                return .connect(promise)
            }
        }
        switch step {
        case .take(let connection): return connection
        case .wait(let future): return try await future.get()
        case .refuse: throw RelayError.closed
        case .connect(let promise):
            connect(on: eventLoop, promise)
            return try await promise.futureResult.get()
        }
    }

    /// Ends the connection; none is made any more.
    func close() {
        let connection = state.withLockedValue { state -> ClientConnection? in
            defer { state = .closed }
            if case .connected(let connection) = state { return connection }
            return nil
        }
        connection?.close()
    }

    private func connect(on eventLoop: any EventLoop, _ promise: EventLoopPromise<ClientConnection>)
    {
        let connection = ClientConnection(eventLoop: eventLoop)
        dial(connection, on: eventLoop).whenComplete { [self] result in
            switch result {
            case .success:
                let isClosed = state.withLockedValue { state in
                    if case .closed = state { return true }
                    state = .connected(connection)
                    return false
                }
                if isClosed { connection.close() }
                promise.succeed(connection)
            case .failure(let error):
                state.withLockedValue { state in
                    if case .connecting = state { state = .none }
                }
                promise.fail(RelayError.connectFailed(configuration.address, error))
            }
        }
    }

    private func dial(
        _ connection: ClientConnection,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let configuration = configuration
        let tls: NIOSSLContext?
        do {
            tls = configuration.address.isTCP ? try configuration.tls?.context() : nil
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
        let welcomed = eventLoop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.nanoseconds(configuration.connectTimeout.wholeNanoseconds))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let name = configuration.tls?.name(for: configuration.address)
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: name)
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ClientConnectionHandler(
                            configuration: configuration,
                            connection: connection,
                            welcomed: welcomed
                        )
                    )
                }
            }
        let channel =
            switch configuration.address {
            case .tcp(let host, let port):
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: host, port: port)
            case .unix(let path):
                bootstrap.connect(unixDomainSocketPath: path)
            }
        channel.whenFailure { welcomed.fail($0) }
        return welcomed.futureResult
    }
}
