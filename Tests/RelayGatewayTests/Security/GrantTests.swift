import RelayCore
import RelayGateway
import RelayMessages
import Testing

@Suite("What a token may do", .timeLimit(.minutes(1)))
struct GrantTests {
    /// What a client whose token has these grants is told when it begins the call.
    private func status(
        of body: Wire.ClientFrame.Body,
        grants: String...
    ) async throws -> Wire.Status {
        let token = KnownToken(
            digest: KnownToken.digest(of: "secret"),
            principal: Principal(name: "p", grants: grants.compactMap { Grant($0) })
        )
        var answer: Wire.Status?
        let authenticator = KnownClientsAuthenticator(KnownClients(tokens: [token])) { 0 }
        try await Fixture.run(
            others: ["other": ScriptedEngine()],
            authenticator: authenticator
        ) { fixture in
            let client = try await fixture.connect()
            try await client.greet(token: "secret")
            try await client.send(body, on: 1)
            answer = try await client.receiveStatus(on: 1)
            #expect(try await client.isAlive())
        }
        guard let answer else { throw TestFailure("no Status") }
        return answer
    }

    @Test("every job of a request is checked, and the first that is denied is named")
    func submit() async throws {
        let jobs = [
            Wire.NewJob(worker: "Send", queue: "mail"), Wire.NewJob(worker: "Drop", queue: "mail"),
        ]
        let request = Wire.AsyncRequest(jobs: jobs)
        let status = try await status(of: .asyncRequest(request), grants: "submit:mail/Send")
        #expect(status.code == StatusCode.permissionDenied.rawValue)
        #expect(status.reason == "GRANT_MISSING")
        #expect(status.message.contains("jobs[1]"))
        #expect(status.message.contains("submit@default:mail/Drop"))
    }

    @Test("a call needs the grant to submit")
    func call() async throws {
        let request = Wire.CallRequest(job: Wire.NewJob(worker: "W"))
        let status = try await status(of: .callRequest(request), grants: "await", "work")
        #expect(status.code == StatusCode.permissionDenied.rawValue)
    }

    @Test("an instance in which nothing is granted is as unknown as one that is not there")
    func foreignInstance() async throws {
        var codes: Set<String> = []
        for instance in ["other", "nowhere"] {
            let request = Wire.AwaitRequest(relay: .test(1, instance: instance))
            let status = try await status(of: .awaitRequest(request), grants: "all")
            codes.insert("\(status.code) \(status.reason)")
        }
        #expect(codes == ["\(StatusCode.notFound.rawValue) INSTANCE_UNKNOWN"])
    }

    @Test("every relay of an AwaitMany is checked")
    func awaitMany() async throws {
        let request = Wire.AwaitManyRequest(relays: [.test(1), .test(2, instance: "other")])
        let status = try await status(
            of: .awaitManyRequest(request),
            grants: "await",
            "submit@other"
        )
        #expect(status.code == StatusCode.permissionDenied.rawValue)
    }

    @Test("who awaits and would cancel needs both grants")
    func cancelOn() async throws {
        let request = Wire.AwaitRequest(relay: .test(1), cancelOn: .timeout)
        let status = try await status(of: .awaitRequest(request), grants: "await")
        #expect(status.message.contains("cancel@default"))
    }

    @Test("a worker is given only queues that it may work on")
    func work() async throws {
        let subscribe = Wire.Subscribe(
            queues: [Wire.QueueLimit(queue: "a", limit: 1), Wire.QueueLimit(queue: "b", limit: 1)]
        )
        let request = Wire.WorkRequest(message: .subscribe(subscribe))
        let status = try await status(of: .workRequest(request), grants: "work:a")
        #expect(status.code == StatusCode.permissionDenied.rawValue)
        #expect(status.message.contains("work@default:b"))
    }

    private func knowing(
        _ tokens: [KnownToken],
        _ certificates: [KnownCertificate] = [],
        now: Int64 = 0
    ) -> KnownClientsAuthenticator {
        KnownClientsAuthenticator(KnownClients(tokens: tokens, certificates: certificates)) { now }
    }

    @Test("an expired token is refused, and so is one that was taken out")
    func expiry() throws {
        let digest = KnownToken.digest(of: "secret")
        let token = KnownToken(digest: digest, principal: .anybody, expiresAt: 100)
        let shown = Credentials(tokenDigest: digest)
        #expect(throws: Never.self) { try knowing([token], now: 99).principal(shown) }
        #expect(throws: RelayError.self) { try knowing([token], now: 100).principal(shown) }
        let authenticator = knowing([token])
        authenticator.replace(KnownClients(tokens: []))
        #expect(throws: RelayError.self) { try authenticator.principal(shown) }
    }

    @Test("a certificate stands for a token where there is none, never beside a wrong one")
    func certificates() throws {
        let web = KnownCertificate(
            name: try #require(NamePattern("uri:spiffe://prod/web/*")),
            principal: Principal(name: "web", grants: [])
        )
        let authenticator = knowing([], [web])
        let names = ["dns:a.test", "uri:spiffe://prod/web/7"]
        #expect(try authenticator.principal(Credentials(certificateNames: names)).name == "web")
        let wrong = Credentials(tokenDigest: KnownToken.digest(of: "x"), certificateNames: names)
        #expect(throws: RelayError.self) { try authenticator.principal(wrong) }
        #expect(throws: RelayError.self) {
            try authenticator.principal(Credentials(certificateNames: ["uri:spiffe://test/web/7"]))
        }
    }

    @Test("who is revoked is told so and closed, others stay, and another grant counts at once")
    func judgedAgain() async throws {
        func token(_ name: String, _ grant: String) -> KnownToken {
            let grants = [Grant(grant)].compactMap { $0 }
            return KnownToken(
                digest: KnownToken.digest(of: name),
                principal: Principal(name: name, grants: grants)
            )
        }
        let authenticator = knowing([token("revoked", "all"), token("kept", "await")])
        try await Fixture.run(authenticator: authenticator) { fixture in
            let revoked = try await fixture.connect()
            try await revoked.greet(token: "revoked")
            let kept = try await fixture.connect()
            try await kept.greet(token: "kept")
            let stranger = try await fixture.connect()
            authenticator.replace(KnownClients(tokens: [token("kept", "submit")]))
            fixture.server.judgeAgain()
            let end = try await revoked.receiveEnd()
            #expect(end.code == StatusCode.unauthenticated.rawValue)
            #expect(end.reason == "TOKEN_REFUSED")
            let relay = Wire.AwaitRequest(relay: .test(1))
            try await kept.send(.awaitRequest(relay), on: 1)
            let denied = try await kept.receiveStatus(on: 1)
            #expect(denied.code == StatusCode.permissionDenied.rawValue)
            // Who has said nothing yet may still say who it is.
            try await stranger.greet(token: "kept")
        }
    }
}
