import RelayCore
import RelayGateway
import RelayMessages
import Testing

@Suite("Hello", .timeLimit(.minutes(1)))
struct HelloTests {
    private func end(
        after bodies: [Wire.ClientFrame.Body],
        authenticator: any Authenticator = OpenAuthenticator()
    ) async throws -> Wire.Status {
        var ended: Wire.Status?
        try await Fixture.run(authenticator: authenticator) { fixture in
            let client = try await fixture.connect()
            for body in bodies { try await client.send(body, on: 0) }
            if case .hello = bodies.first, bodies.count > 1 { _ = await client.receive() }
            ended = try await client.receiveEnd()
        }
        guard let ended else { throw TestFailure("no Status") }
        return ended
    }

    @Test("welcome names the server, the node and the limits")
    func welcome() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.connect()
            let welcome = try await client.greet()
            #expect(welcome.version == 1)
            #expect(welcome.node == "test-node")
            #expect(welcome.server == "relay")
            #expect(welcome.maxMessageBytes == 4 * 1024 * 1024)
            #expect(welcome.maxCalls == 65_536)
            #expect(welcome.acceptZlib)
        }
    }

    @Test("no hello in time ends the connection")
    func timeout() async throws {
        try await Fixture.run {
            $0.limits.helloTimeout = .milliseconds(100)
        } test: { fixture in
            let client = try await fixture.connect()
            let status = try await client.receiveEnd()
            #expect(status.reason == "HELLO_TIMEOUT")
        }
    }

    @Test("a call before hello ends the connection")
    func callFirst() async throws {
        let status = try await end(after: [.awaitRequest(Wire.AwaitRequest(relay: .test(1)))])
        #expect(status.code == StatusCode.invalidArgument.rawValue)
        #expect(status.reason == "HELLO_EXPECTED")
    }

    @Test("a second hello ends the connection")
    func twice() async throws {
        let hello = Wire.ClientFrame.Body.hello(Wire.Hello(version: 1))
        let status = try await end(after: [hello, hello])
        #expect(status.reason == "HELLO_REPEATED")
    }

    @Test("another version ends the connection", arguments: [0, 2, UInt32.max])
    func version(version: UInt32) async throws {
        let status = try await end(after: [.hello(Wire.Hello(version: version))])
        #expect(status.reason == "VERSION_UNKNOWN")
    }

    @Test("a missing or bad token ends the connection, a good one is welcomed")
    func token() async throws {
        let tokens = KnownClientsAuthenticator(
            KnownClients(
                tokens: ["secret", "other", ""].map {
                    KnownToken(digest: KnownToken.digest(of: $0), principal: .anybody)
                }
            ),
            now: { 0 }
        )
        for token in ["", "secre", "secret2"] {
            let hello = Wire.Hello(version: 1, token: token)
            let status = try await end(after: [.hello(hello)], authenticator: tokens)
            #expect(status.code == StatusCode.unauthenticated.rawValue)
        }
        try await Fixture.run(authenticator: tokens) { fixture in
            let client = try await fixture.connect()
            try await client.greet(token: "other")
            #expect(try await client.isAlive())
        }
    }

    @Test("a hello larger than any hello ends the connection")
    func hugeHello() async throws {
        let hello = Wire.Hello(version: 1, token: String(repeating: "x", count: 70_000))
        let status = try await end(after: [.hello(hello)])
        #expect(status.code == StatusCode.resourceExhausted.rawValue)
    }

    @Test("one connection too many is told so, and closed")
    func connectionCap() async throws {
        try await Fixture.run {
            $0.limits.maxConnections = 1
        } test: { fixture in
            let first = try await fixture.client()
            let second = try await fixture.connect()
            let status = try await second.receiveEnd()
            #expect(status.code == StatusCode.resourceExhausted.rawValue)
            #expect(try await first.isAlive())
        }
    }
}
