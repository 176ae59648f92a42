import RelayCore
import RelayEngine
import RelayGateway
import RelayMessages
import Testing

@Suite("Call ids", .timeLimit(.minutes(1)))
struct CallIDTests {
    private let request = Wire.ClientFrame.Body.awaitRequest(Wire.AwaitRequest(relay: .test(1)))

    private func answer(_ text: String) -> Result<AwaitAnswer, RelayError> {
        .success(AwaitAnswer(relay: .test(1), attempt: 1, outcome: .ok(.json(text))))
    }

    private func json(_ body: Wire.ServerFrame.Body) throws -> String {
        guard case .awaitResponse(let response) = body,
            case .ok(let value) = response.result?.outcome,
            case .json(let text) = value.kind
        else { throw TestFailure("not a value: \(body)") }
        return text
    }

    @Test("calls are answered in any order")
    func anyOrder() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 1)
            let (_, _, _, first) = try await fixture.engine.nextAwait()
            try await client.send(request, on: UInt64.max)
            let (_, _, _, second) = try await fixture.engine.nextAwait()
            second(answer("2"))
            #expect(try json(try await client.receive(on: UInt64.max)) == "2")
            first(answer("1"))
            #expect(try json(try await client.receive(on: 1)) == "1")
        }
    }

    @Test("an id that is still open is refused, and its call goes on")
    func duplicate() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 1)
            let (_, _, _, reply) = try await fixture.engine.nextAwait()
            try await client.send(request, on: 1)
            let status = try await client.receiveStatus(on: 1)
            #expect(status.reason == "CALL_ID_IN_USE")
            reply(answer("1"))
            #expect(try json(try await client.receive(on: 1)) == "1")
        }
    }

    @Test("call id 0 ends the connection")
    func zero() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 0)
            let status = try await client.receiveEnd()
            #expect(status.reason == "CALL_ID_ZERO")
        }
    }

    @Test("one call too many is refused, and the connection stays")
    func tooMany() async throws {
        try await Fixture.run {
            $0.limits.maxCalls = 2
        } test: { fixture in
            let client = try await fixture.client()
            for id in UInt64(1)...3 { try await client.send(request, on: id) }
            let status = try await client.receiveStatus(on: 3)
            #expect(status.code == StatusCode.resourceExhausted.rawValue)
            #expect(status.reason == "TOO_MANY_CALLS")
            #expect(try await client.isAlive())
        }
    }

    @Test("a frame with no body, or one that is not known, is an error of its call")
    func bodies() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(bytes: try TestClient.bytes(nil, on: 3))
            let none = try await client.receiveStatus(on: 3)
            #expect(none.code == StatusCode.invalidArgument.rawValue)
            // call_id = 3, and field 100 with no bytes.
            try await client.send(bytes: [0, 0, 0, 0, 5, 0x08, 3, 0xA2, 0x06, 0])
            let unknown = try await client.receiveStatus(on: 3)
            #expect(unknown.code == StatusCode.unimplemented.rawValue)
            #expect(try await client.isAlive())
        }
    }

    @Test("an abandoned call ends with Status 1, and the engine hears of it")
    func abandon() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 1)
            let (wait, _, _, _) = try await fixture.engine.nextAwait()
            try await client.send(.abandon(Wire.Abandon()), on: 1)
            let status = try await client.receiveStatus(on: 1)
            #expect(status.code == StatusCode.cancelled.rawValue)
            #expect(try await fixture.engine.nextAbandon() == wait)
        }
    }

    @Test("an abandon of a call that is not open is ignored")
    func abandonUnknown() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(.abandon(Wire.Abandon()), on: 1)
            try await client.send(.abandon(Wire.Abandon()), on: 0)
            #expect(try await client.isAlive())
        }
    }

    @Test("an answer that comes after the abandon does not reach the next call of the id")
    func lateAnswer() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 1)
            let (_, _, _, early) = try await fixture.engine.nextAwait()
            try await client.send(.abandon(Wire.Abandon()), on: 1)
            _ = try await client.receiveStatus(on: 1)
            _ = try await fixture.engine.nextAbandon()
            try await client.send(request, on: 1)
            let (_, _, _, reply) = try await fixture.engine.nextAwait()
            early(answer("early"))
            reply(answer("right"))
            #expect(try json(try await client.receive(on: 1)) == "right")
        }
    }

    @Test("a lost connection abandons all its waits, of every kind")
    func lost() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(request, on: 1)
            let (first, _, _, _) = try await fixture.engine.nextAwait()
            let many = Wire.AwaitManyRequest(relays: [.test(1), .test(2)])
            try await client.send(.awaitManyRequest(many), on: 2)
            let (second, _, _, _) = try await fixture.engine.nextAwaitMany()
            let call = Wire.CallRequest(job: Wire.NewJob(worker: "W"))
            try await client.send(.callRequest(call), on: 3)
            let (third, _, _, _) = try await fixture.engine.nextCall()
            try await client.close()
            var abandoned: Set<WaitID> = []
            for _ in 0..<3 { abandoned.insert(try await fixture.engine.nextAbandon()) }
            #expect(abandoned == [first, second, third])
        }
    }

    @Test("compressed frames are taken, and sent to those who accept them")
    func compression() async throws {
        let text = "\"\(String(repeating: "a", count: 10_000))\""
        try await Fixture.run { fixture in
            let client = try await fixture.client(acceptZlib: true)
            let job = Wire.NewJob(worker: "W", args: "{\"text\":\(text)}")
            let body = Wire.ClientFrame.Body.asyncRequest(Wire.AsyncRequest(jobs: [job]))
            let bytes = try TestClient.bytes(body, on: 1, compressed: true)
            #expect(bytes.first == 1)
            try await client.send(bytes: bytes)
            let (jobs, _) = try await fixture.engine.nextAsync()
            #expect(jobs.first?.args == "{\"text\":\(text)}")
            try await client.send(request, on: 2)
            let (_, _, _, reply) = try await fixture.engine.nextAwait()
            reply(answer(text))
            #expect(try json(try await client.receive(on: 2)) == text)
        }
    }
}
