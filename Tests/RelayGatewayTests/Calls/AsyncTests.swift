import RelayCore
import RelayGateway
import RelayMessages
import Testing

@Suite("Async", .timeLimit(.minutes(1)))
struct AsyncTests {
    private func status(
        of request: Wire.AsyncRequest,
        configure: (inout GatewayConfiguration) -> Void = { _ in }
    ) async throws -> Wire.Status {
        var answer: Wire.Status?
        try await Fixture.run(configure: configure) { fixture in
            let client = try await fixture.client()
            try await client.send(.asyncRequest(request), on: 1)
            answer = try await client.receiveStatus(on: 1)
            #expect(try await client.isAlive())
        }
        guard let answer else { throw TestFailure("no Status") }
        return answer
    }

    @Test("the relays come in the order of the jobs")
    func relays() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let jobs = [Wire.NewJob(worker: "A"), Wire.NewJob(worker: "B")]
            try await client.send(.asyncRequest(Wire.AsyncRequest(jobs: jobs)), on: 5)
            let (taken, reply) = try await fixture.engine.nextAsync()
            #expect(taken == [NewJob(worker: "A"), NewJob(worker: "B")])
            var second = RelayHandle.test(2)
            second.duplicate = true
            reply(.success([.test(1), second]))
            let answer = try await client.receive(on: 5)
            var wire = Wire.Relay.test(2, instance: "default")
            wire.duplicate = true
            let relays = [.test(1, instance: "default"), wire]
            #expect(answer == .asyncResponse(Wire.AsyncResponse(relays: relays)))
        }
    }

    @Test("every field of a job arrives")
    func fields() async throws {
        let wire = Wire.NewJob(
            worker: "W",
            queue: "q",
            args: "{\"a\":1}",
            priority: 3,
            maxAttempts: 5,
            tags: ["t"],
            meta: "{\"m\":2}",
            schedule: .scheduledAt(Wire.Timestamp(seconds: 1_700_000_000, nanos: 5_000)),
            unique: Wire.Unique(
                period: Wire.Duration(seconds: 60),
                fields: ["worker", "args"],
                keys: ["a"],
                states: ["available"]
            ),
            expiresIn: Wire.Duration(seconds: 1, nanos: 500_000_000),
            traceparent: "00-x-y-01"
        )
        let job = NewJob(
            worker: "W",
            queue: "q",
            args: "{\"a\":1}",
            priority: 3,
            maxAttempts: 5,
            tags: ["t"],
            meta: "{\"m\":2}",
            schedule: .at(epochMicroseconds: 1_700_000_000_000_005),
            unique: Unique(
                period: .seconds(60),
                fields: [.worker, .args],
                keys: ["a"],
                states: [.available]
            ),
            expiresIn: .milliseconds(1_500),
            traceparent: "00-x-y-01"
        )
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            try await client.send(.asyncRequest(Wire.AsyncRequest(jobs: [wire])), on: 1)
            let (taken, _) = try await fixture.engine.nextAsync()
            #expect(taken == [job])
            let keyed = Wire.NewJob(
                worker: "W",
                schedule: .scheduleIn(Wire.Duration(seconds: 2)),
                idempotencyKey: "k"
            )
            try await client.send(.asyncRequest(Wire.AsyncRequest(jobs: [keyed])), on: 2)
            let (again, _) = try await fixture.engine.nextAsync()
            let expected = NewJob(worker: "W", schedule: .after(.seconds(2)), idempotencyKey: "k")
            #expect(again == [expected])
        }
    }

    @Test("everything that is wrong is named at once, with its job and field")
    func violations() async throws {
        let jobs = [
            Wire.NewJob(worker: "", args: "[1]"),
            Wire.NewJob(worker: "Fine"),
            Wire.NewJob(worker: "W", priority: 10, expiresIn: Wire.Duration(seconds: 1, nanos: -1)),
            Wire.NewJob(
                worker: "W",
                schedule: .scheduleIn(Wire.Duration(nanos: 1_000_000_000)),
                unique: Wire.Unique(fields: ["id"], states: ["done"])
            ),
            Wire.NewJob(worker: "W", schedule: .scheduledAt(Wire.Timestamp(seconds: .max))),
        ]
        let status = try await status(of: Wire.AsyncRequest(jobs: jobs))
        #expect(status.code == StatusCode.invalidArgument.rawValue)
        #expect(
            Set(status.violations.map(\.field)) == [
                "jobs[0].worker", "jobs[0].args", "jobs[2].priority", "jobs[2].expires_in",
                "jobs[3].schedule_in", "jobs[3].unique.fields[0]", "jobs[3].unique.states[0]",
                "jobs[4].scheduled_at",
            ]
        )
    }

    @Test("the list of violations is bounded, and says so")
    func manyViolations() async throws {
        let jobs = Array(repeating: Wire.NewJob(), count: 20)
        let status = try await status(of: Wire.AsyncRequest(jobs: jobs)) { $0.maxViolations = 5 }
        #expect(status.violations.count == 5)
        #expect(status.message.contains("20"))
    }

    @Test("no job is refused")
    func none() async throws {
        let status = try await status(of: Wire.AsyncRequest())
        #expect(status.code == StatusCode.invalidArgument.rawValue)
        #expect(status.violations.map(\.field) == ["jobs"])
    }

    @Test("too many jobs are refused")
    func tooMany() async throws {
        let jobs = Array(repeating: Wire.NewJob(worker: "W"), count: 3)
        let status = try await status(of: Wire.AsyncRequest(jobs: jobs)) {
            $0.limits.maxJobsPerAsync = 2
        }
        #expect(status.code == StatusCode.resourceExhausted.rawValue)
    }

    @Test("an instance that is not served is not found")
    func unknownInstance() async throws {
        let status = try await status(
            of: Wire.AsyncRequest(instance: "no\nwhere", jobs: [Wire.NewJob(worker: "W")])
        )
        #expect(status.code == StatusCode.notFound.rawValue)
        #expect(status.reason == "INSTANCE_UNKNOWN")
        #expect(!status.message.contains("\n"))
    }

    @Test("jobs go to the instance that they name")
    func instances() async throws {
        let other = ScriptedEngine()
        try await Fixture.run(others: ["other": other]) { fixture in
            let client = try await fixture.client()
            let request = Wire.AsyncRequest(instance: "other", jobs: [Wire.NewJob(worker: "W")])
            try await client.send(.asyncRequest(request), on: 1)
            let (jobs, _) = try await other.nextAsync()
            #expect(jobs.count == 1)
        }
    }

    @Test("the engine's refusal is the call's Status")
    func refusal() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let request = Wire.AsyncRequest(jobs: [Wire.NewJob(worker: "W")])
            try await client.send(.asyncRequest(request), on: 1)
            let (_, reply) = try await fixture.engine.nextAsync()
            let error = RelayError(
                .unavailable,
                reason: "STORE_AWAY",
                message: "later",
                retryAfter: .milliseconds(1_500)
            )
            reply(.failure(error))
            let status = try await client.receiveStatus(on: 1)
            #expect(
                status
                    == Wire.Status(
                        code: 14,
                        message: "later",
                        reason: "STORE_AWAY",
                        retryAfter: Wire.Duration(seconds: 1, nanos: 500_000_000)
                    )
            )
        }
    }
}
