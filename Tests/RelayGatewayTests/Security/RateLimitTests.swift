import RelayCore
import RelayGateway
import RelayMessages
import Testing

@Suite("Rates", .timeLimit(.minutes(1)))
struct RateLimitTests {
    @Test("calls over an identity's rate are told when to come again, on all its connections")
    func calls() async throws {
        try await Fixture.run {
            $0.limits.callsPerSecond = 1
        } test: { fixture in
            let first = try await fixture.client()
            let second = try await fixture.client()
            // Refused for what they hold, but begun.
            try await first.send(.cancelRequest(Wire.CancelRequest()), on: 1)
            _ = try await first.receiveStatus(on: 1)
            try await second.send(.cancelRequest(Wire.CancelRequest()), on: 1)
            let status = try await second.receiveStatus(on: 1)
            #expect(status.code == StatusCode.resourceExhausted.rawValue)
            #expect(status.reason == "RATE_LIMITED")
            #expect(status.retryAfter != nil)
            #expect(try await second.isAlive())
        }
    }

    @Test("an address whose hellos were refused too often is not judged for a while")
    func hellos() async throws {
        let nobody = KnownClientsAuthenticator(KnownClients(tokens: [])) { 0 }
        try await Fixture.run(authenticator: nobody) {
            $0.limits.refusedHellosPerSecond = 1
        } test: { fixture in
            var reasons: Set<String> = []
            for _ in 0..<130 {
                let client = try await fixture.connect()
                try await client.send(.hello(Wire.Hello(version: 1, token: "guess")))
                reasons.insert(try await client.receiveEnd().reason)
            }
            #expect(reasons == ["TOKEN_REFUSED", "RATE_LIMITED"])
        }
    }
}
