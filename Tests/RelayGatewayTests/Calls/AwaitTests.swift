import RelayCore
import RelayEngine
import RelayGateway
import RelayMessages
import Testing

@Suite("Await, Call and Cancel", .timeLimit(.minutes(1)))
struct AwaitTests {
    private func result(_ response: Wire.ServerFrame.Body) throws -> Wire.AwaitResult {
        switch response {
        case .awaitResponse(let response):
            if let result = response.result { return result }
        case .callResponse(let response):
            if let result = response.result { return result }
        default: break
        }
        throw TestFailure("no result: \(response)")
    }

    @Test("the options and the relay arrive, the value comes back")
    func ok() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let request = Wire.AwaitRequest(
                relay: .test(7),
                timeout: Wire.Duration(seconds: 2, nanos: 1_000_000),
                withRetries: true,
                cancelOn: .either
            )
            try await client.send(.awaitRequest(request), on: 1)
            let (_, relay, options, reply) = try await fixture.engine.nextAwait()
            #expect(relay == .test(7))
            let expected = AwaitOptions(
                timeout: .milliseconds(2_001),
                withRetries: true,
                cancelOn: .either
            )
            #expect(options == expected)
            reply(.success(AwaitAnswer(relay: relay, attempt: 2, outcome: .ok(.json("[1]")))))
            let result = try result(try await client.receive(on: 1))
            #expect(result.relay == .test(7, instance: "default"))
            #expect(result.attempt == 2)
            #expect(result.outcome == .ok(Wire.Value(kind: .json("[1]"))))
        }
    }

    @Test("no timeout is the server's default, zero is zero")
    func timeouts() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(.awaitRequest(Wire.AwaitRequest(relay: .test(7))), on: 1)
            let (_, _, first, _) = try await fixture.engine.nextAwait()
            #expect(first == AwaitOptions())
            let zero = Wire.AwaitRequest(relay: .test(7), timeout: Wire.Duration())
            try await client.send(.awaitRequest(zero), on: 2)
            let (_, _, second, _) = try await fixture.engine.nextAwait()
            #expect(second.timeout == .zero)
        }
    }

    @Test("every value and every failure has its words")
    func outcomes() async throws {
        let failure = Failure(
            reason: .timeout,
            kind: "K",
            message: "M",
            stacktrace: "S",
            state: .executing,
            executors: 3
        )
        let wire = Wire.Failure(
            reason: .timeout,
            kind: "K",
            message: "M",
            stacktrace: "S",
            state: "executing",
            executors: 3
        )
        let data = Wire.Value(kind: .data([1, 2]), contentType: "image/png")
        let table: [(AwaitOutcome, Wire.AwaitResult.Outcome)] = [
            (.ok(.null), .ok(Wire.Value())),
            (.ok(.data([1, 2], contentType: "image/png")), .ok(data)),
            (.failed(failure), .error(wire)),
        ]
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            for (outcome, expected) in table {
                try await client.send(.awaitRequest(Wire.AwaitRequest(relay: .test(7))), on: 1)
                let (_, relay, _, reply) = try await fixture.engine.nextAwait()
                reply(.success(AwaitAnswer(relay: relay, attempt: 1, outcome: outcome)))
                let result = try result(try await client.receive(on: 1))
                #expect(result.outcome == expected)
            }
        }
    }

    @Test("a result that no message can hold is too large")
    func tooLarge() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(.awaitRequest(Wire.AwaitRequest(relay: .test(7))), on: 1)
            let (_, relay, _, reply) = try await fixture.engine.nextAwait()
            let bytes = [UInt8](repeating: 1, count: 4 * 1024 * 1024)
            let value = RelayValue.data(bytes, contentType: "x")
            reply(.success(AwaitAnswer(relay: relay, attempt: 1, outcome: .ok(value))))
            let result = try result(try await client.receive(on: 1))
            guard case .error(let failure) = result.outcome else {
                throw TestFailure("it was sent")
            }
            #expect(failure.reason == .resultTooLarge)
        }
    }

    @Test("a relay that is missing or names no job is refused with its field")
    func missing() async throws {
        let table: [(Wire.ClientFrame.Body, [String])] = [
            (.awaitRequest(Wire.AwaitRequest()), ["relay"]),
            (.awaitRequest(Wire.AwaitRequest(relay: Wire.Relay())), ["relay.job_id"]),
            (.cancelRequest(Wire.CancelRequest()), ["relay"]),
            (.callRequest(Wire.CallRequest()), ["job"]),
            (
                .callRequest(
                    Wire.CallRequest(
                        job: Wire.NewJob(priority: 10),
                        timeout: Wire.Duration(seconds: -1)
                    )
                ),
                ["timeout", "job.worker", "job.priority"]
            ),
            (
                .awaitRequest(
                    Wire.AwaitRequest(relay: .test(1), timeout: Wire.Duration(nanos: -1))
                ),
                ["timeout"]
            ),
        ]
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            for (body, fields) in table {
                try await client.send(body, on: 1)
                let status = try await client.receiveStatus(on: 1)
                #expect(status.code == StatusCode.invalidArgument.rawValue)
                #expect(status.violations.map(\.field) == fields)
            }
        }
    }

    @Test("a ref that cannot be one is an unknown job, not a bad argument")
    func malformedRef() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            for ref in [[], [1, 2, 3], [UInt8](repeating: 0, count: 17)] as [[UInt8]] {
                let relay = Wire.Relay(jobID: 3, ref: ref)
                try await client.send(.awaitRequest(Wire.AwaitRequest(relay: relay)), on: 1)
                let result = try result(try await client.receive(on: 1))
                guard case .error(let failure) = result.outcome else {
                    throw TestFailure("not an error")
                }
                #expect(failure.reason == .notFound)
                #expect(result.relay == relay)
                try await client.send(.cancelRequest(Wire.CancelRequest(relay: relay)), on: 1)
                let status = try await client.receiveStatus(on: 1)
                #expect(status.code == StatusCode.notFound.rawValue)
                #expect(status.reason == "REF_UNKNOWN")
            }
        }
    }

    @Test("a relay of an instance that is not served is not found")
    func unknownInstance() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let relay = Wire.Relay.test(1, instance: "nowhere")
            let bodies: [Wire.ClientFrame.Body] = [
                .awaitRequest(Wire.AwaitRequest(relay: relay)),
                .awaitManyRequest(Wire.AwaitManyRequest(relays: [.test(1), relay])),
                .cancelRequest(Wire.CancelRequest(relay: relay)),
                .callRequest(Wire.CallRequest(instance: "nowhere", job: Wire.NewJob(worker: "W"))),
            ]
            for body in bodies {
                try await client.send(body, on: 1)
                let status = try await client.receiveStatus(on: 1)
                #expect(status.code == StatusCode.notFound.rawValue)
                #expect(status.reason == "INSTANCE_UNKNOWN")
            }
        }
    }

    @Test("a call inserts and awaits in one")
    func call() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let request = Wire.CallRequest(
                job: Wire.NewJob(worker: "W"),
                timeout: Wire.Duration(seconds: 9),
                cancelOn: .abandon
            )
            try await client.send(.callRequest(request), on: 1)
            let (_, job, options, reply) = try await fixture.engine.nextCall()
            #expect(job == NewJob(worker: "W"))
            #expect(options == AwaitOptions(timeout: .seconds(9), cancelOn: .abandon))
            reply(.success(AwaitAnswer(relay: .test(4), attempt: 1, outcome: .ok(.json("1")))))
            let response = try await client.receive(on: 1)
            guard case .callResponse = response else { throw TestFailure("not a call's answer") }
            #expect(try result(response).relay?.jobID == 4)
        }
    }

    @Test("a cancel says whether, and where the job is")
    func cancel() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(.cancelRequest(Wire.CancelRequest(relay: .test(6))), on: 1)
            let (relay, reply) = try await fixture.engine.nextCancel()
            #expect(relay == .test(6))
            reply(.success(CancelAnswer(cancelled: true, state: .cancelled)))
            let answer = try await client.receive(on: 1)
            let expected = Wire.CancelResponse(cancelled: true, state: "cancelled")
            #expect(answer == .cancelResponse(expected))
        }
    }
}
