import RelayClient
import RelayMessages
import Testing

@Suite struct AwaitManyTests {
    private static func answer(_ index: UInt32, _ json: String) -> Wire.ServerFrame.Body {
        let value = Wire.Value(kind: .json(json))
        let result = Wire.AwaitResult(attempt: 1, outcome: .ok(value))
        return .awaitManyResponse(Wire.AwaitManyResponse(index: index, event: .result(result)))
    }

    @Test func eventsComeAsTheyHappenAndTheStreamEnds() async throws {
        try await withClient { frame, peer in
            let report = Wire.Progress(value: Wire.Value(kind: .json("50")))
            peer.send(
                .awaitManyResponse(Wire.AwaitManyResponse(index: 0, event: .progress(report))),
                on: frame.callID
            )
            peer.send(
                .awaitManyResponse(Wire.AwaitManyResponse(event: .heartbeat(Wire.Heartbeat()))),
                on: frame.callID
            )
            peer.send(Self.answer(1, "\"b\""), on: frame.callID)
            peer.send(Self.answer(0, "\"a\""), on: frame.callID)
            peer.send(.status(Wire.Status()), on: frame.callID)
        } body: { client, _ in
            var seen: [String] = []
            for try await element in try await client.awaitMany(
                [.test(1), .test(2)],
                progress: true
            ) {
                switch element.event {
                case .progress(.json(let text)): seen.append("\(element.index) progress \(text)")
                case .answer(let answer):
                    #expect(answer.relay == .test(Int64(element.index + 1)))
                    seen.append("\(element.index) \(answer.outcome)")
                case .progress: Issue.record("bytes")
                }
            }
            #expect(
                seen == [
                    "0 progress 50", "1 \(AwaitOutcome.ok(.json("\"b\"")))",
                    "0 \(AwaitOutcome.ok(.json("\"a\"")))",
                ]
            )
        }
    }

    @Test func aBadEndIsThrown() async throws {
        try await withClient { frame, peer in
            peer.send(.status(Wire.Status(code: 14, reason: "DRAINING")), on: frame.callID)
        } body: { client, _ in
            let sequence = try await client.awaitMany([.test(1)])
            await #expect(throws: RelayError.self) { for try await _ in sequence {} }
        }
    }

    @Test func leavingTheLoopAbandonsTheCall() async throws {
        try await withClient { frame, peer in
            if case .awaitManyRequest = frame.body {
                peer.send(Self.answer(0, "1"), on: frame.callID)
            }
        } body: { client, gateway in
            for try await _ in try await client.awaitMany([.test(1), .test(2)]) { break }
            for await frame in gateway.frames {
                if case .abandon = frame.body { break }
            }
            #expect(gateway.received.last?.body == .abandon(Wire.Abandon()))
        }
    }
}
