import NIOConcurrencyHelpers
import RelayClient
import RelayMessages
import Testing

@Suite struct CallTests {
    @Test func aCallIsAnsweredWithItsValue() async throws {
        try await withClient { frame, peer in
            guard case .callRequest(let request) = frame.body else { return }
            let value = Wire.Value(kind: .json(request.job?.args ?? ""))
            let result = Wire.AwaitResult(relay: .test(7), attempt: 1, outcome: .ok(value))
            peer.send(.callResponse(Wire.CallResponse(result: result)), on: frame.callID)
        } body: { client, _ in
            let value = try await client.call(NewJob(worker: "Echo", args: #"{"id":123}"#))
            #expect(value == .json(#"{"id":123}"#))
        }
    }

    @Test func aFailureIsThrownAsOne() async throws {
        try await withClient { frame, peer in
            let failure = Wire.Failure(reason: .exception, kind: "Boom", message: "no")
            let result = Wire.AwaitResult(relay: .test(7), attempt: 2, outcome: .error(failure))
            peer.send(.callResponse(Wire.CallResponse(result: result)), on: frame.callID)
        } body: { client, _ in
            let failure = await #expect(throws: Failure.self) {
                _ = try await client.call(NewJob(worker: "Fail"))
            }
            #expect(failure?.reason == .exception)
            #expect(failure?.kind == "Boom")
        }
    }

    @Test func everyOptionOfAJobIsSent() async throws {
        var job = NewJob(worker: "W", queue: "q", args: #"{"a":1}"#, priority: 3, maxAttempts: 2)
        job.tags = ["t"]
        job.meta = #"{"m":1}"#
        job.schedule = .after(.milliseconds(1_500))
        job.unique = Unique(period: .seconds(9), fields: [.worker], keys: ["k"])
        job.expiresIn = .seconds(4)
        job.traceparent = "00-trace"
        try await withClient { frame, peer in
            peer.send(.asyncResponse(Wire.AsyncResponse(relays: [.test(1)])), on: frame.callID)
        } body: { client, gateway in
            let relay = try await client.async(job, instance: "other")
            #expect(relay == .test(1))
            guard case .asyncRequest(let request) = gateway.received.last?.body else {
                Issue.record("no request")
                return
            }
            let sent = try #require(request.jobs.first)
            #expect(request.instance == "other")
            #expect(sent.worker == "W" && sent.queue == "q" && sent.args == #"{"a":1}"#)
            #expect(sent.priority == 3 && sent.maxAttempts == 2 && sent.tags == ["t"])
            #expect(sent.schedule == .scheduleIn(Wire.Duration(seconds: 1, nanos: 500_000_000)))
            #expect(sent.unique?.period == Wire.Duration(seconds: 9))
            #expect(sent.unique?.fields == ["worker"] && sent.unique?.keys == ["k"])
            #expect(sent.expiresIn == Wire.Duration(seconds: 4))
            #expect(sent.traceparent == "00-trace")
        }
    }

    @Test func thousandsOfCallsShareTheConnectionAndAreAnsweredInAnyOrder() async throws {
        let held = NIOLockedValueBox<[(UInt64, Int64)]>([])
        let count = 3_000
        try await withClient { frame, peer in
            guard case .awaitRequest(let request) = frame.body else { return }
            let all = held.withLockedValue { held in
                held.append((frame.callID, request.relay?.jobID ?? 0))
                return held.count == count ? held : []
            }
            for (callID, jobID) in all.shuffled() {
                let value = Wire.Value(kind: .json("\(jobID)"))
                let result = Wire.AwaitResult(relay: .test(jobID), attempt: 1, outcome: .ok(value))
                peer.send(.awaitResponse(Wire.AwaitResponse(result: result)), on: callID)
            }
        } body: { client, _ in
            let right = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 1...Int64(count) {
                    group.addTask { try await client.await(.test(number)) == .json("\(number)") }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(right == count)
        }
    }

    @Test func aStatusIsThrownWithItsViolations() async throws {
        try await withClient { frame, peer in
            let violation = Wire.FieldViolation(field: "jobs[0].queue", reason: "must not be empty")
            let status = Wire.Status(
                code: 3,
                message: "the job is not valid",
                violations: [violation],
                reason: "REQUEST_INVALID"
            )
            peer.send(.status(status), on: frame.callID)
        } body: { client, _ in
            let error = await #expect(throws: RelayError.self) {
                _ = try await client.async(NewJob(worker: "W", queue: ""))
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.violations.first?.field == "jobs[0].queue")
        }
    }

    @Test func aCancelledTaskAbandonsItsCall() async throws {
        try await withClient { _, _ in
        } body: { client, gateway in
            let task = Task { try await client.await(.test(1), cancelOn: .abandon) }
            var frames = gateway.frames.makeAsyncIterator()
            while let frame = await frames.next() {
                if case .awaitRequest = frame.body { break }
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let frame = await frames.next()
            #expect(frame?.body == .abandon(Wire.Abandon()))
        }
    }

    @Test func cancellingSaysWhatBecameOfTheJob() async throws {
        try await withClient { frame, peer in
            let response = Wire.CancelResponse(cancelled: true, state: "cancelled")
            peer.send(.cancelResponse(response), on: frame.callID)
        } body: { client, _ in
            let answer = try await client.cancel(.test(1))
            #expect(answer.cancelled)
            #expect(answer.state == .cancelled)
        }
    }
}
