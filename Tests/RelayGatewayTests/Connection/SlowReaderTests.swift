import NIOCore
import RelayCore
import RelayEngine
import RelayGateway
import RelayMessages
import Testing

@Suite("Clients that do not read", .timeLimit(.minutes(1)))
struct SlowReaderTests {
    private static let value = RelayValue.json("\"\(String(repeating: "x", count: 50_000))\"")

    /// An engine that answers every await with a large value.
    private static func generous() -> ScriptedEngine {
        ScriptedEngine { call in
            guard case .await(_, let relay, _, let reply) = call else { return false }
            reply(.success(AwaitAnswer(relay: relay, attempt: 1, outcome: .ok(value))))
            return true
        }
    }

    private func requests(_ ids: ClosedRange<UInt64>) throws -> [UInt8] {
        let request = Wire.ClientFrame.Body.awaitRequest(Wire.AwaitRequest(relay: .test(1)))
        return try ids.flatMap { try TestClient.bytes(request, on: $0) }
    }

    private func configure(_ configuration: inout GatewayConfiguration) {
        configuration.limits.outboundPauseBytes = 100_000
        configuration.limits.maxOutboundBytes = 1_000_000
        configuration.outboundStall = .milliseconds(200)
    }

    @Test("they are closed once too much waits, and nobody else suffers")
    func closed() async throws {
        try await Fixture.run(engine: Self.generous(), configure: configure) { fixture in
            let other = try await fixture.client()
            let client = try await fixture.connect(reads: false)
            try await client.send(.hello(Wire.Hello(version: 1)))
            try await client.send(bytes: try requests(1...1_000))
            while fixture.server.connectionCount > 1 {
                #expect(try await other.isAlive())
            }
            #expect(try await other.isAlive())
        }
    }

    @Test("what they learn when they read after all is why")
    func status() async throws {
        try await Fixture.run(engine: Self.generous()) {
            configure(&$0)
            $0.closeLinger = .seconds(30)
        } test: { fixture in
            let client = try await fixture.connect(reads: false)
            try await client.send(.hello(Wire.Hello(version: 1)))
            try await client.send(bytes: try requests(1...1_000))
            try await Task.sleep(for: .seconds(1))
            try await client.channel.setOption(.autoRead, value: true).get()
            var last: Wire.ServerFrame?
            while let frame = await client.receive() { last = frame }
            guard case .status(let status) = last?.body else { throw TestFailure("no Status") }
            #expect(last?.callID == 0)
            #expect(status.code == StatusCode.resourceExhausted.rawValue)
        }
    }

    @Test("a client that reads is answered, however much it asks for, and is read from again")
    func reading() async throws {
        try await Fixture.run(engine: Self.generous()) {
            $0.limits.outboundPauseBytes = 100_000
            $0.outboundStall = .seconds(30)
        } test: { fixture in
            let client = try await fixture.client()
            for round in UInt64(0)..<10 {
                let ids = (round * 100 + 1)...(round * 100 + 100)
                try await client.send(bytes: try requests(ids))
            }
            var answered: Set<UInt64> = []
            while answered.count < 1_000, let frame = await client.receive() {
                answered.insert(frame.callID)
            }
            #expect(answered.count == 1_000)
        }
    }
}
