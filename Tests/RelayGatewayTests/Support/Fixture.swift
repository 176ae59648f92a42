import Logging
import NIOCore
import RelayCore
import RelayGateway
import RelayMessages

/// A gateway over a scripted engine, on a free port.
struct Fixture: Sendable {
    let engine: ScriptedEngine
    let server: GatewayServer
    let address: SocketAddress

    /// Runs a test against a gateway, and takes it down again.
    static func run(
        engine: ScriptedEngine = ScriptedEngine(),
        others: [String: any CallEngine] = [:],
        authenticator: any Authenticator = OpenAuthenticator(),
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        test: (Fixture) async throws -> Void
    ) async throws {
        var configuration = GatewayConfiguration(
            addresses: [.tcp(host: "127.0.0.1", port: 0)],
            node: "test-node"
        )
        configuration.closeLinger = .milliseconds(500)
        configure(&configuration)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let server = GatewayServer(
            configuration: configuration,
            engines: EngineDirectory(
                others.merging([RelayHandle.defaultInstance: engine]) { $1 }
            ),
            authenticator: authenticator,
            logger: logger
        )
        try await server.start()
        guard let address = server.boundAddresses.first else { throw TestFailure("not bound") }
        do {
            try await test(Fixture(engine: engine, server: server, address: address))
        } catch {
            await server.shutdown(grace: .zero)
            throw error
        }
        await server.shutdown(grace: .zero)
    }

    /// A connected client that was welcomed.
    func client(acceptZlib: Bool = false) async throws -> TestClient {
        let client = try await connect()
        try await client.greet(acceptZlib: acceptZlib)
        return client
    }

    /// A connected client that has said nothing.
    func connect(reads: Bool = true) async throws -> TestClient {
        try await TestClient.connect(to: address, reads: reads)
    }
}

extension RelayHandle {
    /// A relay for tests, always the same for a number.
    static func test(_ jobID: Int64, instance: String = RelayHandle.defaultInstance) -> RelayHandle
    {
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: Int(jobID) + $0) }
        guard let ref = RelayRef(bytes: bytes) else {
            return RelayHandle(jobID: jobID, ref: .random())
        }
        return RelayHandle(jobID: jobID, ref: ref, instance: instance)
    }
}

extension Wire.Relay {
    /// The same, as callers send it.
    static func test(_ jobID: Int64, instance: String = "") -> Wire.Relay {
        Wire.Relay(jobID: jobID, ref: RelayHandle.test(jobID).ref.bytes, instance: instance)
    }
}
