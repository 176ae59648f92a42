import RelayCore
import RelayEngine
import RelayGateway
import RelayMessages
import Testing

@Suite("A worker's stream", .timeLimit(.minutes(1)))
struct WorkStreamTests {
    @Test("it subscribes, is given jobs, finishes them, and is told what became of that")
    func lifecycle() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture, ["default": 2, "mail": 1])
            #expect(worker.queues == ["default": 2, "mail": 1])
            let job = ClaimedJob.test(11)
            worker.executor.run([job])
            let sent = try await worker.receive()
            #expect(sent == .job(Wire.Job.test(11)))
            try await worker.finish(11, .ok(Wire.Value(kind: .json("{\"a\":1}"))))
            let (key, outcome, reply) = try await fixture.engine.nextFinish()
            #expect(key == job.key)
            #expect(outcome == .ok(.json("{\"a\":1}")))
            reply(.success(true))
            let finished = try await worker.receive()
            #expect(finished == .finished(Wire.Finished(jobID: 11, attempt: 1, accepted: true)))
        }
    }

    @Test("every way to end an attempt arrives as it is meant")
    func outcomes() async throws {
        let exception = Wire.Exception(kind: "E", message: "m", stacktrace: "s")
        let table: [(Wire.Finish.Outcome?, ExecutionOutcome)] = [
            (
                nil,
                .exception(
                    JobException(
                        kind: "InvalidResult",
                        message: "the attempt ended in a way that this gateway does not know"
                    )
                )
            ),
            (.ok(Wire.Value()), .ok(.null)),
            (
                .ok(Wire.Value(kind: .data([1]))),
                .ok(.data([1], contentType: "application/octet-stream"))
            ),
            (
                .exception(exception),
                .exception(JobException(kind: "E", message: "m", stacktrace: "s"))
            ),
            (.snooze(Wire.Duration(seconds: 3)), .snooze(.seconds(3))),
            (.cancel("no"), .cancel(reason: "no")),
            (.discard("never"), .discard(reason: "never")),
        ]
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            for (number, (wire, expected)) in table.enumerated() {
                let id = Int64(number + 1)
                worker.executor.run([.test(id)])
                _ = try await worker.receive()
                try await worker.finish(id, wire)
                let (_, outcome, reply) = try await fixture.engine.nextFinish()
                #expect(outcome == expected)
                reply(.success(true))
                _ = try await worker.receive()
            }
        }
    }

    @Test("a result that cannot be read is an exception of its attempt")
    func invalidResults() async throws {
        let outcomes: [Wire.Finish.Outcome] = [
            .ok(Wire.Value(kind: .json("{broken"))),
            .ok(Wire.Value(kind: .json(""))),
            .ok(Wire.Value(kind: .data([1]), contentType: "a\nb")),
            .snooze(Wire.Duration(seconds: -1)),
        ]
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            for (number, wire) in outcomes.enumerated() {
                let id = Int64(number + 1)
                worker.executor.run([.test(id)])
                _ = try await worker.receive()
                try await worker.finish(id, wire)
                let (_, outcome, _) = try await fixture.engine.nextFinish()
                guard case .exception(let exception) = outcome else {
                    throw TestFailure("not an exception: \(outcome)")
                }
                #expect(exception.kind == "InvalidResult")
            }
        }
    }

    @Test("a finish of a job that the stream doesn't hold is not accepted, nor is a second one")
    func foreignFinish() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            try await worker.finish(99, nil)
            let foreign = try await worker.receive()
            #expect(foreign == .finished(Wire.Finished(jobID: 99, attempt: 1)))
            worker.executor.run([.test(1)])
            _ = try await worker.receive()
            try await worker.finish(1, .ok(Wire.Value()))
            try await worker.finish(1, .cancel("twice"))
            let twice = try await worker.receive()
            #expect(twice == .finished(Wire.Finished(jobID: 1, attempt: 1)))
            let (_, outcome, reply) = try await fixture.engine.nextFinish()
            #expect(outcome == .ok(.null))
            reply(.success(true))
            let once = try await worker.receive()
            #expect(once == .finished(Wire.Finished(jobID: 1, attempt: 1, accepted: true)))
        }
    }

    @Test("a fenced finish, or one that could not be written, is not accepted")
    func fenced() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            let results: [Result<Bool, RelayError>] = [
                .success(false), .failure(RelayError(.unavailable, reason: "X", message: "x")),
            ]
            for (number, result) in results.enumerated() {
                let id = Int64(number + 1)
                worker.executor.run([.test(id)])
                _ = try await worker.receive()
                try await worker.finish(id, nil)
                let (_, _, reply) = try await fixture.engine.nextFinish()
                reply(result)
                let finished = try await worker.receive()
                #expect(finished == .finished(Wire.Finished(jobID: id, attempt: 1)))
            }
        }
    }

    @Test("a cancelled job is told to its worker, if it runs there")
    func cancel() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            worker.executor.cancel(AttemptKey(jobID: 9, attempt: 1))
            worker.executor.run([.test(1)])
            worker.executor.cancel(AttemptKey(jobID: 1, attempt: 1))
            #expect(try await worker.receive() == .job(Wire.Job.test(1)))
            #expect(try await worker.receive() == .cancel(Wire.CancelJob(jobID: 1, attempt: 1)))
        }
    }

    @Test("progress of a running job is passed on, everything else is dropped")
    func progress() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            worker.executor.run([.test(1)])
            _ = try await worker.receive()
            let large = "\"\(String(repeating: "x", count: 5_000))\""
            try await worker.progress(2, "1")
            try await worker.progress(1, "{")
            try await worker.progress(1, large)
            try await worker.progress(1, "0.5")
            let (key, value) = try await fixture.engine.nextProgress()
            #expect(key == AttemptKey(jobID: 1, attempt: 1))
            #expect(value == .json("0.5"))
        }
    }

    @Test("a job that no message can hold fails, and the stream goes on")
    func hugeJob() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            var huge = ClaimedJob.test(1)
            huge.args = "{\"a\":\"\(String(repeating: "x", count: 4 * 1024 * 1024))\"}"
            worker.executor.run([huge, .test(2)])
            let (key, outcome, _) = try await fixture.engine.nextFinish()
            #expect(key == huge.key)
            guard case .exception(let exception) = outcome else {
                throw TestFailure("not an exception")
            }
            #expect(exception.kind == "JobTooLarge")
            #expect(try await worker.receive() == .job(Wire.Job.test(2)))
        }
    }

    @Test("jobs larger than what may wait for a client all arrive at one that reads")
    func manyLargeJobs() async throws {
        try await Fixture.run {
            $0.limits.outboundPauseBytes = 64 * 1024
            $0.limits.maxOutboundBytes = 1024 * 1024
        } test: { fixture in
            let worker = try await Worker.subscribe(fixture)
            let text = String(repeating: "x", count: 100_000)
            worker.executor.run(
                (Int64(1)...100).map {
                    var job = ClaimedJob.test($0)
                    job.args = "{\"a\":\"\(text)\"}"
                    return job
                }
            )
            for id in Int64(1)...100 {
                guard case .job(let job) = try await worker.receive() else {
                    throw TestFailure("not a job")
                }
                #expect(job.id == id)
            }
        }
    }

    @Test("a stream that does not begin with a good subscription ends with what is wrong")
    func badSubscriptions() async throws {
        let table: [(Wire.WorkRequest.Message?, [String])] = [
            (.drain(Wire.Drain()), []),
            (.finish(Wire.Finish(jobID: 1, attempt: 1)), []),
            (nil, []),
            (.subscribe(Wire.Subscribe()), ["subscribe.queues"]),
            (
                .subscribe(
                    Wire.Subscribe(queues: [
                        Wire.QueueLimit(queue: "a", limit: 1),
                        Wire.QueueLimit(queue: "", limit: 1),
                        Wire.QueueLimit(queue: "b"),
                        Wire.QueueLimit(queue: "a", limit: 10_001),
                    ])
                ),
                [
                    "subscribe.queues[1].queue", "subscribe.queues[2].limit",
                    "subscribe.queues[3].limit", "subscribe.queues[3].queue",
                ]
            ),
        ]
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            for (message, fields) in table {
                try await client.send(.workRequest(Wire.WorkRequest(message: message)), on: 1)
                let status = try await client.receiveStatus(on: 1)
                #expect(status.code == StatusCode.invalidArgument.rawValue)
                #expect(status.violations.map(\.field) == fields)
            }
            let elsewhere = Wire.Subscribe(
                instance: "nowhere",
                queues: [Wire.QueueLimit(queue: "a", limit: 1)]
            )
            let request = Wire.WorkRequest(message: .subscribe(elsewhere))
            try await client.send(.workRequest(request), on: 1)
            #expect(try await client.receiveStatus(on: 1).reason == "INSTANCE_UNKNOWN")
        }
    }

    @Test("a second subscription ends the stream, and its jobs go back")
    func subscribedTwice() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            try await worker.send(.subscribe(Wire.Subscribe()))
            let status = try await worker.client.receiveStatus(on: Worker.callID)
            #expect(status.reason == "SUBSCRIBED_ALREADY")
            #expect(try await fixture.engine.nextDetach() == worker.id)
        }
    }
}
