internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The HTTP side of a node: health, for whoever watches it.
package struct WebServer: Service {
    private let host: String
    private let port: Int
    private let routes: HealthRoutes
    private let logger: Logger
    private let onBound: @Sendable (Int) async -> Void

    /// Makes a server at rest.
    ///
    /// - Parameters:
    ///   - host: The address or name to listen on.
    ///   - port: The port; 0 takes any that is free.
    ///   - node: The node's name.
    ///   - logger: Told of what happens.
    ///   - onBound: Called with the port once it listens.
    ///   - report: Looks whether the node can serve; called for each `/readyz`.
    package init(
        host: String,
        port: Int,
        node: String,
        logger: Logger,
        onBound: @escaping @Sendable (Int) async -> Void = { _ in },
        report: @escaping @Sendable () async -> HealthReport
    ) {
        self.host = host
        self.port = port
        self.routes = HealthRoutes(node: node, report: report)
        self.logger = logger
        self.onBound = onBound
    }

    /// Serves until the service group shuts down.
    ///
    /// - Throws: What the system says where it cannot listen.
    package func run() async throws {
        let router = Router()
        routes.add(to: router)
        var quiet = logger
        // The server's own notes are about itself; what matters is logged by whoever runs it.
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                serverName: "relay"
            ),
            onServerRunning: { [onBound] channel in
                await onBound(channel.localAddress?.port ?? 0)
            },
            logger: quiet
        )
        try await application.run()
    }
}
