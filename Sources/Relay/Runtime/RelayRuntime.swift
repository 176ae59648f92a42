public import Logging
internal import NIOConcurrencyHelpers
public import RelayCore
package import RelayEngine
internal import RelayStore
public import ServiceLifecycle

/// The relay engine inside a Swift service: calls jobs, awaits their answers, and runs handlers.
///
/// ```swift
/// let relay = RelayRuntime(.init(databaseURL: url, queues: ["default": 10]), logger: logger)
/// relay.handle("Greet") { (name: String, _) in "Hello, \(name)!" }
/// try await relay.start()
/// let greeting = try await relay.call("Greet", "Ada", as: String.self)
/// ```
///
/// A runtime is one named instance: one database and schema. A service may hold several. Add it to a `ServiceGroup`
/// to have it drain on SIGTERM, or call `start` and `stop` yourself.
public final class RelayRuntime: Service {
    /// How the runtime was configured.
    public let configuration: RelayConfiguration
    package let engine: Engine
    private let store: PostgresStore
    private let handlers = HandlerTable()
    private let executor: HandlerExecutor
    private let logger: Logger
    private let isStarted = NIOLockedValueBox(false)

    /// Makes a runtime at rest.
    ///
    /// - Throws: `RelayError` with `INVALID_ARGUMENT` if the database URL or the schema's name cannot be one.
    public init(_ configuration: RelayConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        let node = configuration.nodeName
        store = try PostgresStore(try configuration.storeConfiguration(node: node), logger: logger)
        engine = Engine(
            configuration: configuration.engineConfiguration(node: node),
            store: store,
            signals: store.signals,
            logger: logger
        )
        let handlers = handlers
        let late = NIOLockedValueBox<HandlerExecutor?>(nil)
        executor = HandlerExecutor { job in
            await handlers.perform(job) { value in
                late.withLockedValue { $0 }?.progress(job.key, value)
            }
        }
        late.withLockedValue { $0 = executor }
    }

    // MARK: Life

    /// Connects, checks the schema, and begins to run jobs for the configured queues.
    ///
    /// - Throws: `RelayError` with what to mend if the database cannot be used.
    public func start() async throws {
        do {
            try await tryStart()
        } catch {
            await store.stop()
            throw error
        }
    }

    /// The same, but what was begun stays, so that it can be tried again.
    ///
    /// - Throws: `RelayError` with what to mend if the database cannot be used now.
    package func tryStart() async throws(RelayError) {
        try await store.start()
        isStarted.withLockedValue { $0 = true }
        engine.start()
        if !configuration.queues.isEmpty {
            executor.attach(to: engine, queues: configuration.queues)
        }
    }

    /// Lets running handlers finish within the configured grace, hands the others' jobs back, and disconnects.
    public func stop() async {
        await stop(grace: configuration.drainGrace)
    }

    /// The same within another grace.
    package func stop(grace: Duration) async {
        guard isStarted.withLockedValue({ $0 }) else { return await store.stop() }
        engine.beginDrain()
        await withTaskGroup { group in
            group.addTask { await self.engine.waitUntilIdle() }
            group.addTask { _ = try? await Task.sleep(for: grace) }
            await group.next()
            group.cancelAll()
            await executor.stop(reason: "the service shut down before this attempt ended")
            // Also releases who waits for idleness, which nobody can cancel.
            await engine.stop()
        }
        await store.stop()
    }

    /// Whether Postgres answers now.
    package func isReachable() async -> Bool {
        await store.isReachable()
    }

    /// Runs until the service group shuts down, then drains.
    public func run() async throws {
        try await start()
        try? await gracefulShutdown()
        await stop()
    }

    // MARK: Handlers

    /// Runs jobs of a worker by a handler that takes and returns Codable values.
    ///
    /// A thrown `JobControl` snoozes, cancels or discards; any other error fails the attempt, to be retried as Oban
    /// does.
    public func handle<Args: Decodable & Sendable, Output: Encodable & Sendable>(
        _ worker: String,
        _ handler: @escaping @Sendable (Args, JobContext) async throws -> Output
    ) {
        handlers.set(worker) { job, context in
            let args = try JSONCoding.decode(Args.self, from: job.args)
            return try JSONCoding.encode(try await handler(args, context))
        }
    }

    /// Runs jobs of a worker by a handler that reads the arguments' JSON itself, and may return bytes.
    public func handleRaw(
        _ worker: String,
        _ handler: @escaping @Sendable (ClaimedJob, JobContext) async throws -> RelayValue
    ) {
        handlers.set(worker, handler)
    }
}
