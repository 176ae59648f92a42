import NIOConcurrencyHelpers
import RelayClient
import RelayMessages
import Testing

@Suite struct WorkerTests {
    private static func send(
        _ message: Wire.WorkResponse.Message,
        to peer: ScriptedGateway.Peer,
        on callID: UInt64
    ) {
        peer.send(.workResponse(Wire.WorkResponse(message: message)), on: callID)
    }

    /// Gives one job to whoever subscribes, and ends the stream when it is finished or drained.
    private static func giving(_ job: Wire.Job) -> ScriptedGateway.Script {
        { frame, peer in
            guard case .workRequest(let request) = frame.body else { return }
            switch request.message {
            case .subscribe:
                send(.subscribed(Wire.Subscribed(node: "n")), to: peer, on: frame.callID)
                send(.job(job), to: peer, on: frame.callID)
            case .finish(let finish):
                let finished = Wire.Finished(
                    jobID: finish.jobID,
                    attempt: finish.attempt,
                    accepted: true
                )
                send(.finished(finished), to: peer, on: frame.callID)
            case .drain:
                peer.send(.status(Wire.Status()), on: frame.callID)
            case .progress, nil:
                break
            }
        }
    }

    private static func finish(in gateway: ScriptedGateway) async -> Wire.Finish? {
        for await frame in gateway.frames {
            if case .workRequest(let request) = frame.body,
                case .finish(let finish) = request.message
            {
                return finish
            }
        }
        return nil
    }

    @Test func aJobIsRunAndFinishedWithItsOutcome() async throws {
        let job = Wire.Job(id: 9, attempt: 2, maxAttempts: 20, worker: "W", queue: "q", args: "{}")
        try await withClient(Self.giving(job)) { client, gateway in
            let worker = RelayWorker(client, queues: ["q": 2]) { job, _ in
                .ok(.json("\"\(job.worker) \(job.attempt)\""))
            }
            async let run: Void = worker.run()
            let finish = await Self.finish(in: gateway)
            #expect(finish?.jobID == 9 && finish?.attempt == 2)
            #expect(finish?.outcome == .ok(Wire.Value(kind: .json("\"W 2\""))))
            worker.drain()
            try await run
        }
    }

    @Test func aThrownErrorIsAnException() async throws {
        struct Broken: Error {}
        let job = Wire.Job(id: 9, attempt: 1, maxAttempts: 20, worker: "W", queue: "q", args: "{}")
        try await withClient(Self.giving(job)) { client, gateway in
            let worker = RelayWorker(client, queues: ["q": 1]) { _, _ in throw Broken() }
            async let run: Void = worker.run()
            let finish = await Self.finish(in: gateway)
            guard case .exception(let exception) = finish?.outcome else {
                Issue.record("\(String(describing: finish))")
                return
            }
            #expect(exception.kind == "Broken")
            worker.drain()
            try await run
        }
    }

    @Test func aCancelledJobCancelsItsHandler() async throws {
        let job = Wire.Job(id: 9, attempt: 1, maxAttempts: 20, worker: "W", queue: "q", args: "{}")
        try await withClient { frame, peer in
            Self.giving(job)(frame, peer)
            guard case .workRequest(let request) = frame.body,
                case .progress = request.message
            else { return }
            Self.send(.cancel(Wire.CancelJob(jobID: 9, attempt: 1)), to: peer, on: frame.callID)
        } body: { client, gateway in
            let worker = RelayWorker(client, queues: ["q": 1]) { _, context in
                context.progress(.json("1"))
                do {
                    try await Task.sleep(for: .seconds(60))
                } catch {
                    return .cancel(reason: "stopped")
                }
                return .ok(.null)
            }
            async let run: Void = worker.run()
            let finish = await Self.finish(in: gateway)
            #expect(finish?.outcome == .cancel("stopped"))
            worker.drain()
            try await run
        }
    }

    @Test func aLostStreamIsSubscribedAgain() async throws {
        let subscriptions = NIOLockedValueBox(0)
        try await withClient { frame, peer in
            guard case .workRequest(let request) = frame.body,
                case .subscribe = request.message
            else { return }
            let count = subscriptions.withLockedValue { count in
                count += 1
                return count
            }
            if count < 3 {
                peer.close()
            } else {
                peer.send(.status(Wire.Status(code: 3, reason: "ENOUGH")), on: frame.callID)
            }
        } body: { client, _ in
            let worker = RelayWorker(client, queues: ["q": 1]) { _, _ in .ok(.null) }
            let error = await #expect(throws: RelayError.self) { try await worker.run() }
            #expect(error?.reason == "ENOUGH")
            #expect(subscriptions.withLockedValue { $0 } == 3)
        }
    }

    @Test func aResultThatNoMessageHoldsIsAnException() async throws {
        let job = Wire.Job(id: 9, attempt: 1, maxAttempts: 20, worker: "W", queue: "q", args: "{}")
        try await withClient(Self.giving(job)) { client, gateway in
            let worker = RelayWorker(client, queues: ["q": 1]) { _, _ in
                .ok(.data([UInt8](repeating: 1, count: 5_000_000), contentType: "x/y"))
            }
            async let run: Void = worker.run()
            let finish = await Self.finish(in: gateway)
            guard case .exception(let exception) = finish?.outcome else {
                Issue.record("not an exception")
                return
            }
            #expect(exception.kind == "ResultTooLarge")
            worker.drain()
            try await run
        }
    }
}
