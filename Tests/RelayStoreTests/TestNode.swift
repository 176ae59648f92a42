import Logging
import PostgresTestSupport
import RelayCore
import RelayEngine
import RelayPostgres
import RelayStore

/// An engine on a store of its own, with a handler.
struct TestNode {
    let store: PostgresStore
    let engine: Engine
    let executor: HandlerExecutor

    static func start(
        on url: String,
        node: String = "test-\(UInt32.random(in: 0 ... .max))",
        queues: [String: Int] = [:],
        migrate: Bool = true,
        handler: @escaping HandlerExecutor.Body = { _ in .ok(.null) }
    ) async throws -> TestNode {
        let logger = Logger(label: "test")
        let schema = try SchemaName("public")
        if migrate {
            let connection = PGConnection(
                configuration: PGConfiguration(conninfo: url, applicationName: "migrate"),
                name: "migrate",
                logger: logger
            )
            connection.start()
            _ = try await Migrator(connection: connection, schema: schema).migrate(.init())
            connection.close()
        }
        let store = try PostgresStore(
            StoreConfiguration(databaseURL: url, schema: schema, session: Session(node: node)),
            logger: logger
        )
        try await store.start()
        let engine = Engine(
            configuration: EngineConfiguration(node: node),
            store: store,
            signals: store.signals,
            logger: logger
        )
        let executor = HandlerExecutor(body: handler)
        engine.start()
        if !queues.isEmpty { executor.attach(to: engine, queues: queues) }
        return TestNode(store: store, engine: engine, executor: executor)
    }

    func call(_ job: NewJob, options: AwaitOptions = AwaitOptions()) async throws -> AwaitAnswer {
        try await withCheckedThrowingContinuation { continuation in
            _ = engine.call(job, options: options) { continuation.resume(with: $0) }
        }
    }

    func async(_ jobs: [NewJob]) async throws -> [RelayHandle] {
        try await withCheckedThrowingContinuation { continuation in
            engine.async(jobs) { continuation.resume(with: $0) }
        }
    }

    func answer(
        _ relay: RelayHandle,
        options: AwaitOptions = AwaitOptions(timeout: .seconds(20))
    ) async throws -> AwaitAnswer {
        try await withCheckedThrowingContinuation { continuation in
            _ = engine.await(relay, options: options) { continuation.resume(with: $0) }
        }
    }

    func cancel(_ relay: RelayHandle) async throws -> CancelAnswer {
        try await withCheckedThrowingContinuation { continuation in
            engine.cancel(relay) { continuation.resume(with: $0) }
        }
    }

    func stop() async {
        await executor.stop(reason: "the test is over")
        await engine.stop()
        await store.stop()
    }
}
