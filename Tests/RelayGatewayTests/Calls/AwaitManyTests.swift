import RelayCore
import RelayEngine
import RelayGateway
import RelayMessages
import RelayWire
import Testing

@Suite("AwaitMany", .timeLimit(.minutes(1)))
struct AwaitManyTests {
    private func answer(_ relay: RelayHandle) -> AwaitAnswer {
        AwaitAnswer(relay: relay, attempt: 1, outcome: .ok(.json("\(relay.jobID)")))
    }

    private func next(_ client: TestClient) async throws -> Wire.AwaitManyResponse {
        guard case .awaitManyResponse(let response) = try await client.receive(on: 1) else {
            throw TestFailure("not an event")
        }
        return response
    }

    private func index(_ client: TestClient) async throws -> UInt32 {
        let response = try await next(client)
        guard case .result = response.event else { throw TestFailure("not a result") }
        return response.index
    }

    @Test("events come as they happen, then Status 0")
    func events() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let request = Wire.AwaitManyRequest(
                relays: [.test(1), .test(2), .test(1)],
                timeout: Wire.Duration(seconds: 1),
                withRetries: true,
                progress: true,
                stopAfter: 3,
                failFast: true
            )
            try await client.send(.awaitManyRequest(request), on: 1)
            let (_, relays, options, receive) = try await fixture.engine.nextAwaitMany()
            #expect(relays == [.test(1), .test(2), .test(1)])
            let expected = AwaitManyOptions(
                timeout: .seconds(1),
                withRetries: true,
                progress: true,
                stopAfter: 3,
                failFast: true
            )
            #expect(options == expected)
            receive([.answer(index: 1, answer(.test(2))), .progress(index: 0, .json("0.5"))])
            #expect(try await index(client) == 1)
            let progress = Wire.Progress(
                relay: .test(1, instance: "default"),
                value: Wire.Value(kind: .json("0.5"))
            )
            #expect(try await next(client).event == .progress(progress))
            receive([.heartbeat])
            #expect(try await next(client).event == .heartbeat(Wire.Heartbeat()))
            receive([.answer(index: 0, answer(.test(1))), .answer(index: 2, answer(.test(1)))])
            receive([.finished(nil)])
            #expect(try await index(client) == 0)
            #expect(try await index(client) == 2)
            #expect(try await client.receiveStatus(on: 1) == .ok)
        }
    }

    @Test("the engine's error ends the call with its Status")
    func failed() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let request = Wire.AwaitManyRequest(relays: [.test(1)])
            try await client.send(.awaitManyRequest(request), on: 1)
            let (_, _, _, receive) = try await fixture.engine.nextAwaitMany()
            receive([.finished(RelayError(.unavailable, reason: "X", message: "x"))])
            #expect(try await client.receiveStatus(on: 1).code == StatusCode.unavailable.rawValue)
        }
    }

    @Test("no relay, or too many, are refused")
    func count() async throws {
        try await Fixture.run {
            $0.limits.maxAwaitedRelays = 2
        } test: { fixture in
            let client = try await fixture.client()
            try await client.send(.awaitManyRequest(Wire.AwaitManyRequest()), on: 1)
            let none = try await client.receiveStatus(on: 1)
            #expect(none.code == StatusCode.invalidArgument.rawValue)
            let three = Wire.AwaitManyRequest(relays: [.test(1), .test(2), .test(3)])
            try await client.send(.awaitManyRequest(three), on: 1)
            let many = try await client.receiveStatus(on: 1)
            #expect(many.code == StatusCode.resourceExhausted.rawValue)
        }
    }

    @Test("every relay that names no job is named")
    func violations() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let relays = [Wire.Relay.test(1), Wire.Relay(), Wire.Relay(jobID: -1)]
            let request = Wire.AwaitManyRequest(relays: relays)
            try await client.send(.awaitManyRequest(request), on: 1)
            let status = try await client.receiveStatus(on: 1)
            #expect(status.violations.map(\.field) == ["relays[1].job_id", "relays[2].job_id"])
        }
    }

    @Test("refs that cannot be are not found at their index, the others are awaited")
    func malformedRefs() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let bad = Wire.Relay(jobID: 5, ref: [1])
            let request = Wire.AwaitManyRequest(relays: [bad, .test(2), bad, .test(4)])
            try await client.send(.awaitManyRequest(request), on: 1)
            let (_, relays, _, receive) = try await fixture.engine.nextAwaitMany()
            #expect(relays == [.test(2), .test(4)])
            #expect(try await index(client) == 0)
            #expect(try await index(client) == 2)
            receive([.answer(index: 1, answer(.test(4))), .answer(index: 0, answer(.test(2)))])
            receive([.finished(nil)])
            #expect(try await index(client) == 3)
            #expect(try await index(client) == 1)
            #expect(try await client.receiveStatus(on: 1) == .ok)
        }
    }

    @Test("where all refs cannot be, the engine is not asked; fail_fast ends with the first")
    func onlyMalformed() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let bad = Wire.Relay(jobID: 5, ref: [1])
            let request = Wire.AwaitManyRequest(relays: [bad, bad])
            try await client.send(.awaitManyRequest(request), on: 1)
            #expect(try await index(client) == 0)
            #expect(try await index(client) == 1)
            #expect(try await client.receiveStatus(on: 1) == .ok)
            let fast = Wire.AwaitManyRequest(relays: [.test(1), bad, bad], failFast: true)
            try await client.send(.awaitManyRequest(fast), on: 1)
            #expect(try await index(client) == 1)
            #expect(try await client.receiveStatus(on: 1) == .ok)
        }
    }

    @Test("relays of several instances are awaited together, and enough of them end the call")
    func instances() async throws {
        let other = ScriptedEngine()
        try await Fixture.run(others: ["other": other]) { fixture in
            let client = try await fixture.client()
            let relays = [
                Wire.Relay.test(1), .test(2, instance: "other"), .test(3),
                .test(4, instance: "other"),
            ]
            let request = Wire.AwaitManyRequest(relays: relays, stopAfter: 2)
            try await client.send(.awaitManyRequest(request), on: 1)
            let (here, mine, _, receiveHere) = try await fixture.engine.nextAwaitMany()
            let (there, theirs, _, receiveThere) = try await other.nextAwaitMany()
            #expect(mine == [.test(1), .test(3)])
            #expect(theirs == [.test(2, instance: "other"), .test(4, instance: "other")])
            receiveThere([.answer(index: 1, answer(.test(4, instance: "other")))])
            #expect(try await index(client) == 3)
            receiveHere([.answer(index: 0, answer(.test(1)))])
            #expect(try await index(client) == 0)
            #expect(try await client.receiveStatus(on: 1) == .ok)
            #expect(try await fixture.engine.nextAbandon() == here)
            #expect(try await other.nextAbandon() == there)
        }
    }

    @Test("100,000 relays are taken in one request, and all answered")
    func manyRelays() async throws {
        let count = 100_000
        let engine = ScriptedEngine { call in
            guard case .awaitMany(_, let relays, _, let receive) = call else { return false }
            receive(
                relays.enumerated().map { index, relay in
                    .answer(
                        index: index,
                        AwaitAnswer(relay: relay, attempt: 1, outcome: .ok(.null))
                    )
                }
            )
            receive([.finished(nil)])
            return true
        }
        try await Fixture.run(engine: engine) { fixture in
            let client = try await fixture.client()
            let relays = (1...count).map { Wire.Relay.test(Int64($0)) }
            try await client.send(
                .awaitManyRequest(Wire.AwaitManyRequest(relays: relays)),
                on: 1
            )
            for expected in 0..<count {
                let index = try await index(client)
                if index != expected {
                    throw TestFailure("\(index) came instead of \(expected)")
                }
            }
            #expect(try await client.receiveStatus(on: 1) == .ok)
        }
    }
}
