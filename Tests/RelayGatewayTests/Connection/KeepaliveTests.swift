import RelayCore
import RelayGateway
import RelayMessages
import Testing

@Suite("Keepalive", .timeLimit(.minutes(1)))
struct KeepaliveTests {
    @Test("a ping is answered with its data")
    func ping() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(.ping(Wire.Ping(data: [1, 2, 3])))
            #expect(try await client.receive(on: 0) == .pong(Wire.Pong(data: [1, 2, 3])))
        }
    }

    @Test("a ping that carries too much ends the connection")
    func largePing() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(.ping(Wire.Ping(data: Array(repeating: 0, count: 65))))
            #expect(try await client.receiveEnd().reason == "PING_TOO_LONG")
        }
    }

    @Test("a silent client is pinged, and closed without a pong")
    func silent() async throws {
        try await Fixture.run {
            $0.limits.keepaliveInterval = .milliseconds(100)
            $0.limits.keepaliveTimeout = .milliseconds(100)
        } test: { fixture in
            let client = try await fixture.client()
            guard case .ping = try await client.receive(on: 0) else { throw TestFailure("no ping") }
            #expect(try await client.receiveEnd().reason == "KEEPALIVE_TIMEOUT")
        }
    }

    @Test("a client that answers is pinged again and again")
    func answering() async throws {
        try await Fixture.run {
            $0.limits.keepaliveInterval = .milliseconds(50)
        } test: { fixture in
            let client = try await fixture.client()
            for _ in 0..<3 {
                guard case .ping = try await client.receive(on: 0) else {
                    throw TestFailure("no ping")
                }
                try await client.send(.pong(Wire.Pong()))
            }
        }
    }

    @Test("a frame that trickles in ends the connection")
    func slowFrame() async throws {
        try await Fixture.run {
            $0.frameTimeout = .milliseconds(200)
        } test: { fixture in
            let client = try await fixture.client()
            try await client.send(bytes: [0, 0, 0, 1, 0, 8])
            #expect(try await client.receiveEnd().reason == "FRAME_TIMEOUT")
        }
    }
}
