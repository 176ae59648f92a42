package import Logging
internal import NIOConcurrencyHelpers
package import NIOCore
internal import NIOPosix
internal import NIOSSL
package import RelayCore
internal import ServiceLifecycle

/// Too many connections are being refused at once; this one is closed without a word.
private struct ConnectionFlood: Error {}

/// The gateway: serves the native protocol over engines, on any number of addresses.
package final class GatewayServer: Service, Sendable {
    private static let backlog: Int32 = 1_024

    private struct State {
        var listeners: [any Channel] = []
        var sockets: [String] = []
        var isStarted = false
    }

    private let configuration: GatewayConfiguration
    private let environment: ConnectionEnvironment
    private let registry: ConnectionRegistry
    private let zlibs = LoopZlibs()
    private let tls: ServerTLSSource
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// Makes a gateway at rest.
    package init(
        configuration: GatewayConfiguration,
        engines: EngineDirectory,
        authenticator: any Authenticator = OpenAuthenticator(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger
    ) {
        self.configuration = configuration
        self.registry = ConnectionRegistry(limit: configuration.limits.maxConnections)
        self.group = group
        self.logger = logger
        self.tls = ServerTLSSource(configuration.tls)
        self.environment = ConnectionEnvironment(
            configuration: configuration,
            starter: CallStarter(engines: engines, configuration: configuration),
            authenticator: authenticator,
            rates: RateLimiter(configuration.limits),
            logger: logger
        )
    }

    /// How many connections are open.
    package var connectionCount: Int { registry.count }

    /// Where it listens; empty until it does.
    package var boundAddresses: [SocketAddress] {
        state.withLockedValue { $0.listeners.compactMap(\.localAddress) }
    }

    /// Listens on every address; throws ``GatewayError`` or what the system says.
    ///
    /// Does nothing the second time.
    package func start() async throws {
        guard !configuration.addresses.isEmpty else { throw GatewayError.noAddress }
        let isFirst = state.withLockedValue { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { return }
        do {
            try tls.read()
            for address in configuration.addresses {
                let listener = try await listen(on: address)
                state.withLockedValue { $0.listeners.append(listener) }
                logger.info("listening", metadata: ["address": "\(address)"])
            }
        } catch {
            await stopListening()
            throw error
        }
    }

    /// Reads the certificate's files again: new connections are served with what they hold now.
    ///
    /// - Throws: ``GatewayError/certificate(file:why:)``; then the old certificate stays.
    package func reloadCertificate() throws(GatewayError) { try tls.read() }

    /// Judges everybody who is connected by what the authenticator says now: whoever is refused is told so and closed.
    package func judgeAgain() {
        for channel in registry.channels {
            channel.pipeline.fireUserInboundEventTriggered(JudgeAgain())
        }
    }

    /// Serves until the service group shuts down gracefully, then drains; ends at once when
    /// cancelled.
    package func run() async throws {
        try await start()
        try? await gracefulShutdown()
        await shutdown(grace: Task.isCancelled ? .zero : configuration.grace)
    }

    /// Takes no new connections and calls, lets open calls finish within the grace, then closes;
    /// ends at once when the task is cancelled.
    package func shutdown(grace: Duration) async {
        let channels = registry.beginDrain()
        await stopListening()
        logger.info("draining", metadata: ["connections": "\(channels.count)"])
        let request = DrainRequest(end: .now + grace, grace: grace)
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(request)
        }
        await withTaskCancellationHandler {
            for channel in channels {
                try? await channel.closeFuture.get()
            }
        } onCancel: {
            for channel in channels { channel.close(promise: nil) }
        }
    }

    private func stopListening() async {
        let (listeners, sockets) = state.withLockedValue { state in
            defer { (state.listeners, state.sockets) = ([], []) }
            return (state.listeners, state.sockets)
        }
        for listener in listeners { try? await listener.close().get() }
        for path in sockets { UnixSocket.remove(path) }
    }

    private func listen(on address: ListenAddress) async throws -> any Channel {
        let tls = address.isTCP ? tls : nil
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Out of file descriptors: rest a second instead of trying again at once.
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelInitializer { [environment, registry, zlibs] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context = tls?.context {
                        let handler = NIOSSLServerHandler(context: context)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try Self.prepare(channel, environment, registry, zlibs)
                }
            }
        switch address {
        case .tcp(let host, let port):
            return
                try await bootstrap
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port)
                .get()
        case .unix(let path):
            try await UnixSocket.removeStale(path, group: group)
            let listener = try await bootstrap.bind(unixDomainSocketPath: path).get()
            state.withLockedValue { $0.sockets.append(path) }
            do {
                try UnixSocket.restrict(path)
            } catch {
                try? await listener.close().get()
                throw error
            }
            return listener
        }
    }

    private static func prepare(
        _ channel: any Channel,
        _ environment: ConnectionEnvironment,
        _ registry: ConnectionRegistry,
        _ zlibs: LoopZlibs
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let refusal = registry.admit(channel) {
            guard refusal != .flooded else { throw ConnectionFlood() }
            let linger = environment.configuration.closeLinger
            try pipeline.addHandler(RefusalHandler(refusal, linger: linger))
            return
        }
        var logger = environment.logger
        logger[metadataKey: "peer"] = "\(channel.remoteAddress?.description ?? "unix")"
        try pipeline.addHandler(
            ConnectionHandler(
                environment: environment,
                eventLoop: channel.eventLoop,
                zlib: zlibs.zlib(of: channel.eventLoop),
                logger: logger
            )
        )
    }
}
