import FoundationEssentials
import NIOCore
import NIOSSL
import RelayCore
import RelayGateway
import RelayMessages
import Testing

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    private func trusting(withCertificate: Bool = false) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        let authority = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8))
        configuration.trustRoots = .certificates(authority)
        if withCertificate {
            let own = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.client.utf8))
            configuration.certificateChain = own.map { .certificate($0) }
            let key = Array(TestCertificates.clientKey.utf8)
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private func run(
        clientCA: Bool = false,
        authenticator: any Authenticator = OpenAuthenticator(),
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        test: (Fixture) async throws -> Void
    ) async throws {
        try await TestCertificates.withFiles { folder in
            let files = TLSFiles(
                certificate: folder.appendingPathComponent("server.pem").path,
                key: folder.appendingPathComponent("server.key").path,
                clientCA: clientCA ? folder.appendingPathComponent("ca.pem").path : nil
            )
            try await Fixture.run(authenticator: authenticator) {
                $0.tls = files
                configure(&$0)
            } test: { fixture in
                try await test(fixture)
            }
        }
    }

    @Test("the protocol is the same within TLS")
    func serves() async throws {
        try await run { fixture in
            let client = try await TestClient.connect(to: fixture.address, tls: try trusting())
            try await client.greet()
            #expect(try await client.isAlive())
            try await client.send(.hello(Wire.Hello(version: 1)))
            #expect(try await client.receiveEnd().reason == "HELLO_REPEATED")
        }
    }

    @Test("a client without TLS gets nothing, and the others are served")
    func plain() async throws {
        try await run { fixture in
            let plain = try await fixture.connect()
            try await plain.send(.hello(Wire.Hello(version: 1)))
            #expect(await plain.receive() == nil)
            let client = try await TestClient.connect(to: fixture.address, tls: try trusting())
            try await client.greet()
        }
    }

    @Test("a handshake that is never begun is closed with the time for hello")
    func silent() async throws {
        try await run {
            $0.limits.helloTimeout = .milliseconds(100)
        } test: { fixture in
            let client = try await fixture.connect()
            #expect(await client.receive() == nil)
        }
    }

    @Test("where clients must have a certificate, only those are served")
    func clientCertificates() async throws {
        try await run(clientCA: true) { fixture in
            let known = try await TestClient.connect(
                to: fixture.address,
                tls: try trusting(withCertificate: true)
            )
            try await known.greet()
            let unknown = try await TestClient.connect(to: fixture.address, tls: try trusting())
            try? await unknown.send(.hello(Wire.Hello(version: 1)))
            #expect(await unknown.receive() == nil)
            #expect(try await known.isAlive())
        }
    }

    @Test("a certificate's name is who its client is, and what it may do")
    func certificateNames() async throws {
        let grants = [Grant("await")].compactMap { $0 }
        let known = KnownCertificate(
            name: try #require(NamePattern("dns:client.test")),
            principal: Principal(name: "client", grants: grants)
        )
        let clients = KnownClients(tokens: [], certificates: [known])
        let authenticator = KnownClientsAuthenticator(clients) { 0 }
        try await run(clientCA: true, authenticator: authenticator) { fixture in
            let client = try await TestClient.connect(
                to: fixture.address,
                tls: try trusting(withCertificate: true)
            )
            try await client.greet()
            let request = Wire.CancelRequest(relay: .test(1))
            try await client.send(.cancelRequest(request), on: 1)
            let denied = try await client.receiveStatus(on: 1)
            #expect(denied.code == StatusCode.permissionDenied.rawValue)
        }
        let stranger = KnownClientsAuthenticator(KnownClients(tokens: [])) { 0 }
        try await run(clientCA: true, authenticator: stranger) { fixture in
            let client = try await TestClient.connect(
                to: fixture.address,
                tls: try trusting(withCertificate: true)
            )
            try await client.send(.hello(Wire.Hello(version: 1)))
            #expect(try await client.receiveEnd().code == StatusCode.unauthenticated.rawValue)
        }
    }

    @Test("a certificate that is read again serves new connections, and open ones go on")
    func reload() async throws {
        try await TestCertificates.withFiles { folder in
            let certificate = folder.appendingPathComponent("server.pem")
            let key = folder.appendingPathComponent("server.key")
            let files = TLSFiles(certificate: certificate.path, key: key.path)
            try await Fixture.run {
                $0.tls = files
            } test: { fixture in
                func connect(_ name: String) async throws -> TestClient {
                    try await TestClient.connect(
                        to: fixture.address,
                        tls: try trusting(),
                        serverName: name
                    )
                }
                let old = try await connect("server.test")
                try await old.greet()
                try Data("no certificate".utf8).write(to: certificate)
                #expect(throws: GatewayError.self) { try fixture.server.reloadCertificate() }
                try await connect("server.test").greet()
                try Data(TestCertificates.client.utf8).write(to: certificate)
                try Data(TestCertificates.clientKey.utf8).write(to: key)
                try fixture.server.reloadCertificate()
                try await connect("client.test").greet()
                #expect(try await old.isAlive())
            }
        }
    }

    @Test("files that are no certificate are named before anything listens")
    func badFiles() async throws {
        try await TestCertificates.withFiles { folder in
            let missing = folder.appendingPathComponent("missing.pem").path
            let key = folder.appendingPathComponent("server.key").path
            let error = await #expect(throws: GatewayError.self) {
                try await Fixture.run {
                    $0.tls = TLSFiles(certificate: missing, key: key)
                } test: { _ in
                }
            }
            guard case .certificate(let file, _) = error else {
                throw TestFailure("another error")
            }
            #expect(file == missing)
        }
    }
}
