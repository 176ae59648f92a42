internal import Logging
internal import NIOConcurrencyHelpers
internal import RelayMessages

/// Runs jobs of queues in this process, given by a gateway on a stream.
///
/// A handler returns how its attempt ended; what it throws is an exception, retried as Oban does. Its task is
/// cancelled when the job is, and when the stream is lost: the gateway then gives the job to another executor, so
/// whatever a handler does may happen more than once.
public final class RelayWorker: Sendable {
    /// Runs one attempt.
    public typealias Handler =
        @Sendable (ClaimedJob, WorkContext) async throws -> ExecutionOutcome

    private struct State {
        var isDraining = false
        var stream: WorkStream?
        var rest: Task<Void, Never>?
    }

    private let client: RelayClient
    private let subscription: Wire.Subscribe
    private let limit: Int
    private let handler: Handler
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// Makes a worker at rest.
    ///
    /// - Parameters:
    ///   - client: The connection to work over; it may be used for calls as well.
    ///   - queues: How many jobs of each queue run at once, at least 1.
    ///   - instance: The named instance of the gateway.
    ///   - name: What the gateway's logs call the worker.
    ///   - handler: Runs one attempt.
    public init(
        _ client: RelayClient,
        queues: [String: Int],
        instance: String = RelayHandle.defaultInstance,
        name: String = "",
        handler: @escaping Handler
    ) {
        self.client = client
        self.handler = handler
        limit = queues.values.reduce(0) { $0 &+ max(0, $1) }
        logger = client.configuration.logger
        subscription = Wire.Subscribe(
            instance: instance,
            node: name,
            queues: queues.sorted { $0.key < $1.key }.map {
                Wire.QueueLimit(queue: $0.key, limit: UInt32(clamping: $0.value))
            }
        )
    }

    /// Works until the worker has drained, over a new connection whenever one is lost.
    ///
    /// - Throws: `RelayError` that trying again would not mend, such as `UNAUTHENTICATED` or `INVALID_ARGUMENT`;
    ///   `CancellationError` once the task is cancelled and its handlers have returned.
    public func run() async throws {
        var backoff = Backoff()
        while !state.withLockedValue({ $0.isDraining }) {
            do {
                try await serve { backoff = Backoff() }
                backoff = Backoff()
            } catch let error as RelayError where error.isTransient {
                try Task.checkCancellation()
                let rest = max(backoff.next(), error.retryAfter ?? .zero)
                logger.warning(
                    "no stream to the gateway; trying again",
                    metadata: ["why": "\(error)", "in": "\(rest.wholeMilliseconds)ms"]
                )
                await self.rest(rest)
            }
            try Task.checkCancellation()
        }
    }

    /// Takes no more jobs; `run` returns once those that run have ended.
    public func drain() {
        let (stream, rest) = state.withLockedValue { state in
            state.isDraining = true
            return (state.stream, state.rest)
        }
        stream?.drain()
        rest?.cancel()
    }

    private func rest(_ duration: Duration) async {
        let task = Task { _ = try? await Task.sleep(for: duration) }
        let isDraining = state.withLockedValue { state in
            state.rest = task
            return state.isDraining
        }
        if isDraining { task.cancel() }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func serve(onSubscribed: () -> Void) async throws {
        let stream = WorkStream(subscription, on: try await client.keeper.connection())
        let isDraining = state.withLockedValue { state in
            state.stream = stream
            return state.isDraining
        }
        defer { state.withLockedValue { $0.stream = nil } }
        if isDraining { stream.drain() }
        let running = RunningJobs()
        try await withThrowingDiscardingTaskGroup { group in
            for try await message in stream.messages {
                switch message {
                case .subscribed(let subscribed):
                    logger.info("working", metadata: ["gateway": "\(subscribed.node)"])
                    onSubscribed()
                case .job(let wire):
                    let job = WorkMapping.job(wire)
                    guard running.count < limit else { throw RelayError.tooManyJobs(limit) }
                    guard begin(job, running, stream) else { continue }
                    group.addTask {
                        guard let outcome = await running.outcome(of: job.key) else { return }
                        stream.finish(job.key, outcome)
                    }
                case .cancel(let cancel):
                    running.cancel(AttemptKey(jobID: cancel.jobID, attempt: Int(cancel.attempt)))
                case .finished(let finished):
                    if !finished.accepted { noteFenced(finished) }
                case .draining:
                    logger.debug("the gateway gives no more jobs")
                }
            }
            try Task.checkCancellation()
        }
    }

    private func begin(_ job: ClaimedJob, _ running: RunningJobs, _ stream: WorkStream) -> Bool {
        let context = WorkContext { stream.progress(job.key, $0) }
        return running.begin(job.key) { [handler] in
            do {
                return try await handler(job, context)
            } catch let exception as JobException {
                return .exception(exception)
            } catch {
                return .exception(JobException(kind: "\(type(of: error))", message: "\(error)"))
            }
        }
    }

    private func noteFenced(_ finished: Wire.Finished) {
        logger.notice(
            "a result was not accepted: another attempt owns the job, or it has ended",
            metadata: ["job": "\(finished.jobID)", "attempt": "\(finished.attempt)"]
        )
    }
}

extension RelayClient {
    /// Runs jobs of queues by a handler, until the task is cancelled.
    ///
    /// - Throws: As `RelayWorker.run()`.
    public func work(
        queues: [String: Int],
        instance: String = RelayHandle.defaultInstance,
        name: String = "",
        handler: @escaping RelayWorker.Handler
    ) async throws {
        let worker = RelayWorker(
            self,
            queues: queues,
            instance: instance,
            name: name,
            handler: handler
        )
        try await worker.run()
    }
}
