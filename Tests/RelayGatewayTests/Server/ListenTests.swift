import FoundationEssentials
import Logging
import NIOCore
import RelayCore
import RelayGateway
import RelayMessages
import ServiceLifecycle
import Testing

@Suite("Listening", .timeLimit(.minutes(1)))
struct ListenTests {
    private func server(_ addresses: [ListenAddress]) -> GatewayServer {
        GatewayServer(
            configuration: GatewayConfiguration(addresses: addresses, node: "n"),
            engines: EngineDirectory([:]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func withSocketPath(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("relay-\(UInt32.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            try await body(folder.appendingPathComponent("s").path)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        try FileManager.default.removeItem(at: folder)
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("addresses are read from text, and written as such")
    func addresses() {
        let good: [(String, ListenAddress)] = [
            ("127.0.0.1:4317", .tcp(host: "127.0.0.1", port: 4317)),
            ("localhost:0", .tcp(host: "localhost", port: 0)),
            ("[::1]:80", .tcp(host: "::1", port: 80)),
            ("unix:/run/relay.sock", .unix(path: "/run/relay.sock")),
        ]
        for (text, address) in good {
            #expect(ListenAddress(text) == address)
            #expect(address.description == text)
        }
        for text in ["", "host", ":80", "host:", "host:65536", "host:-1", "::1:80", "unix:"] {
            #expect(ListenAddress(text) == nil)
        }
    }

    @Test("a Unix socket serves owner and group, and is gone afterwards")
    func unixSocket() async throws {
        try await withSocketPath { path in
            let server = server([.unix(path: path)])
            try await server.start()
            #expect(try permissions(path) == 0o660)
            let address = try SocketAddress(unixDomainSocketPath: path)
            let client = try await TestClient.connect(to: address)
            try await client.greet()
            try await client.close()
            await server.shutdown(grace: .zero)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("a socket that a living gateway serves, or another file, is not taken away")
    func takenPath() async throws {
        try await withSocketPath { path in
            let first = server([.unix(path: path)])
            try await first.start()
            let second = server([.unix(path: path)])
            await #expect(throws: GatewayError.socketInUse(path)) { try await second.start() }
            await first.shutdown(grace: .zero)
            try Data("text".utf8).write(to: URL(filePath: path))
            let third = server([.unix(path: path)])
            await #expect(throws: GatewayError.pathTaken(path)) { try await third.start() }
        }
    }

    @Test("a socket that a dead gateway left behind is replaced")
    func staleSocket() async throws {
        try await withSocketPath { path in
            let dead = server([.unix(path: path)])
            try await dead.start()
            // A hard link outlives the removal at shutdown, as the file outlives a process that was
            // killed.
            try FileManager.default.linkItem(atPath: path, toPath: path + "2")
            await dead.shutdown(grace: .zero)
            try FileManager.default.moveItem(atPath: path + "2", toPath: path)
            let server = server([.unix(path: path)])
            try await server.start()
            let address = try SocketAddress(unixDomainSocketPath: path)
            let client = try await TestClient.connect(to: address)
            try await client.greet()
            try await client.close()
            await server.shutdown(grace: .zero)
        }
    }

    @Test("as a service it serves until it is asked to stop")
    func service() async throws {
        let server = server([.tcp(host: "127.0.0.1", port: 0)])
        try await server.start()
        let group = ServiceGroup(
            services: [server],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        async let run: Void = group.run()
        guard let address = server.boundAddresses.first else { throw TestFailure("not bound") }
        let client = try await TestClient.connect(to: address)
        try await client.greet()
        await group.triggerGracefulShutdown()
        guard case .goAway = try await client.receive(on: 0) else { throw TestFailure("no GoAway") }
        #expect(await client.receive() == nil)
        try await run
    }

    @Test("a gateway without an address does not start")
    func noAddress() async throws {
        await #expect(throws: GatewayError.noAddress) { try await server([]).start() }
    }
}
