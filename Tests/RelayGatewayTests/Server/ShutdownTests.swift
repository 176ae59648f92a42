import NIOCore
import RelayCore
import RelayEngine
import RelayGateway
import RelayMessages
import Testing

@Suite("Shutting down", .timeLimit(.minutes(1)))
struct ShutdownTests {
    private let request = Wire.ClientFrame.Body.awaitRequest(Wire.AwaitRequest(relay: .test(1)))

    private func goAway(_ client: TestClient) async throws -> Wire.GoAway {
        guard case .goAway(let goAway) = try await client.receive(on: 0) else {
            throw TestFailure("no GoAway")
        }
        return goAway
    }

    @Test("open calls finish, new ones are refused, then the connection closes")
    func graceful() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 1)
            let (_, relay, _, reply) = try await fixture.engine.nextAwait()
            async let shutdown: Void = fixture.server.shutdown(grace: .seconds(30))
            let goAway = try await goAway(client)
            #expect(goAway.grace == Wire.Duration(seconds: 30))
            try await client.send(request, on: 2)
            let refused = try await client.receiveStatus(on: 2)
            #expect(refused.code == StatusCode.unavailable.rawValue)
            #expect(refused.retryAfter != nil)
            reply(.success(AwaitAnswer(relay: relay, attempt: 1, outcome: .ok(.null))))
            guard case .awaitResponse = try await client.receive(on: 1) else {
                throw TestFailure("not answered")
            }
            #expect(await client.receive() == nil)
            await shutdown
        }
    }

    @Test("idle connections close at once, and no new one is taken")
    func idle() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            await fixture.server.shutdown(grace: .seconds(30))
            _ = try await goAway(client)
            #expect(await client.receive() == nil)
            await #expect(throws: (any Error).self) { _ = try await fixture.connect() }
        }
    }

    @Test("what is open when the grace is over is told so, and abandoned")
    func graceOver() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 1)
            let (wait, _, _, _) = try await fixture.engine.nextAwait()
            async let shutdown: Void = fixture.server.shutdown(grace: .milliseconds(200))
            _ = try await goAway(client)
            let status = try await client.receiveEnd()
            #expect(status.code == StatusCode.unavailable.rawValue)
            #expect(try await fixture.engine.nextAbandon() == wait)
            await shutdown
        }
    }
}
