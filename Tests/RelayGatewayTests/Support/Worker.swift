import RelayCore
import RelayEngine
import RelayMessages

/// A subscribed worker's stream, from both ends.
struct Worker: Sendable {
    static let callID: UInt64 = 8

    let client: TestClient
    let id: ExecutorID
    let executor: any JobExecutor
    let queues: [String: Int]

    static func subscribe(
        _ fixture: Fixture,
        _ queues: [String: UInt32] = ["default": 10],
        with client: TestClient? = nil
    ) async throws -> Worker {
        let client = if let client { client } else { try await fixture.client() }
        let limits = queues.map { Wire.QueueLimit(queue: $0.key, limit: $0.value) }
        let subscribe = Wire.Subscribe(node: "worker-1", queues: limits)
        let request = Wire.WorkRequest(message: .subscribe(subscribe))
        try await client.send(.workRequest(request), on: callID)
        let (id, executor, taken) = try await fixture.engine.nextAttach()
        let worker = Worker(client: client, id: id, executor: executor, queues: taken)
        guard try await worker.receive() == .subscribed(Wire.Subscribed(node: "test-node")) else {
            throw TestFailure("not subscribed")
        }
        return worker
    }

    func receive() async throws -> Wire.WorkResponse.Message {
        let body = try await client.receive(on: Self.callID)
        guard case .workResponse(let response) = body, let message = response.message else {
            throw TestFailure("not a worker's message: \(body)")
        }
        return message
    }

    func send(_ message: Wire.WorkRequest.Message) async throws {
        try await client.send(.workRequest(Wire.WorkRequest(message: message)), on: Self.callID)
    }

    func finish(_ id: Int64, _ outcome: Wire.Finish.Outcome?) async throws {
        try await send(.finish(Wire.Finish(jobID: id, attempt: 1, outcome: outcome)))
    }

    func progress(_ id: Int64, _ json: String) async throws {
        let value = Wire.Value(kind: .json(json))
        try await send(.progress(Wire.ProgressReport(jobID: id, attempt: 1, value: value)))
    }
}

extension ClaimedJob {
    /// A job for tests, always the same for a number.
    static func test(_ id: Int64) -> ClaimedJob {
        ClaimedJob(
            id: id,
            attempt: 1,
            maxAttempts: 20,
            worker: "W",
            queue: "default",
            args: "{\"id\":\(id)}",
            meta: "{\"m\":1}",
            tags: ["t"],
            priority: 2,
            insertedAt: 1_500_000,
            scheduledAt: -1,
            attemptedAt: 2_000_001,
            remaining: .milliseconds(1_250),
            traceparent: "00-x"
        )
    }
}

extension Wire.Job {
    /// The same, as workers see it.
    static func test(_ id: Int64) -> Wire.Job {
        Wire.Job(
            id: id,
            attempt: 1,
            maxAttempts: 20,
            worker: "W",
            queue: "default",
            args: "{\"id\":\(id)}",
            meta: "{\"m\":1}",
            tags: ["t"],
            priority: 2,
            insertedAt: Wire.Timestamp(seconds: 1, nanos: 500_000_000),
            scheduledAt: Wire.Timestamp(seconds: -1, nanos: 999_999_000),
            attemptedAt: Wire.Timestamp(seconds: 2, nanos: 1_000),
            remaining: Wire.Duration(seconds: 1, nanos: 250_000_000),
            traceparent: "00-x"
        )
    }
}
