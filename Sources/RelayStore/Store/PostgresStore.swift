import Dispatch
package import Logging
import NIOConcurrencyHelpers
package import RelayCore
import RelayPostgres

/// The jobs table of one schema on Postgres, with a connection for each role, and the signals beside it.
package final class PostgresStore: JobStore {
    /// How it connects.
    package let configuration: StoreConfiguration
    /// The hints between nodes.
    package let signals: PostgresSignals
    let inserter: PGConnection
    private let finisher: PGConnection
    private let claimer: PGConnection
    private let reader: PGConnection
    private let heart: PGConnection
    private let keeper: PGConnection
    private let shapes = NIOLockedValueBox<SchemaShape?>(nil)
    private let resent = NIOLockedValueBox<Set<AttemptKey>>([])
    /// The attempts whose row was found locked by somebody else.
    private let locked = NIOLockedValueBox<Set<AttemptKey>>([])

    /// Results of this size together are recorded off the caller's thread, which may be an event loop, in bytes.
    private static let inlineBytes = 16 * 1024

    /// Makes a store at rest.
    ///
    /// - Throws: `RelayError` with `INVALID_ARGUMENT` if the database URL is none.
    package init(_ configuration: StoreConfiguration, logger: Logger) throws(RelayError) {
        _ = try configuration.target()
        self.configuration = configuration
        func connection(_ role: String, _ planner: [String: String] = [:]) -> PGConnection {
            PGConnection(
                configuration: configuration.connection(role, planner: planner),
                name: role,
                logger: logger
            )
        }
        inserter = connection("insert")
        finisher = connection("finish", PlannerSettings.batches)
        claimer = connection("claim", PlannerSettings.claims)
        reader = connection("read")
        keeper = connection("keep", PlannerSettings.upkeep)
        var beating = configuration.connection("heart", planner: PlannerSettings.upkeep)
        beating.applicationName = configuration.session.applicationName
        heart = PGConnection(configuration: beating, name: "heart", logger: logger)
        signals = PostgresSignals(configuration, logger: logger)
    }

    private var schema: SchemaName { configuration.schema }
    private var session: Session { configuration.session }

    /// What the schema was found to have at the start.
    package var shape: SchemaShape? { shapes.withLockedValue { $0 } }

    /// Whether Postgres answers now.
    package func isReachable() async -> Bool {
        (try? await reader.submit(PGUnit("SELECT 1", deadline: .seconds(2)))) != nil
    }

    /// Connects and looks at the schema.
    ///
    /// - Throws: `RelayError` that says what to mend, if Postgres cannot be reached or has no usable jobs table.
    package func start() async throws(RelayError) {
        for connection in connections { connection.start() }
        let found: SchemaShape
        do {
            found = try await Migrator(connection: reader, schema: schema).shape()
        } catch {
            throw RelayError(
                .unavailable,
                reason: "POSTGRES_UNAVAILABLE",
                message: "Postgres at \(try configuration.target()) cannot be used: \(error)"
            )
        }
        guard found.origin != nil else {
            throw RelayError(
                .failedPrecondition,
                reason: "SCHEMA_MISSING",
                message: "there is no table \(schema).oban_jobs; run `relay migrate`"
            )
        }
        guard found.missingColumns.isEmpty else {
            throw RelayError(
                .failedPrecondition,
                reason: "SCHEMA_TOO_OLD",
                message:
                    "\(schema).oban_jobs lacks \(found.missingColumns.joined(separator: ", ")); run Oban's own migrations"
            )
        }
        shapes.withLockedValue { $0 = found }
    }

    /// Disconnects.
    package func stop() async {
        signals.stop()
        for connection in connections { connection.close() }
        for connection in connections { await connection.waitUntilClosed() }
        await signals.waitUntilStopped()
    }

    private var connections: [PGConnection] {
        [inserter, finisher, claimer, reader, heart, keeper]
    }

    // MARK: The port

    package func insert(
        _ requests: [InsertRequest],
        then: @escaping @Sendable ([Result<[InsertedJob], StoreError>]) -> Void
    ) {
        guard let shape else {
            return then(requests.map { _ in .failure(.unavailable("not connected yet")) })
        }
        InsertBatch(
            requests,
            schema: schema,
            session: session,
            hasKeys: shape.hasKeys,
            connection: inserter,
            then: then
        ).run()
    }

    package func claim(
        _ request: ClaimRequest,
        then: @escaping @Sendable (Result<ClaimedBatch, StoreError>) -> Void
    ) {
        var statements = [ClaimJobs(request: request).statement(schema, session)]
        if !configuration.durableClaims {
            statements.insert(.withoutFlush, at: 0)
        }
        submit(PGUnit(statements), to: claimer, then: then) { ClaimJobs.read($0) }
    }

    package func finish(
        _ finishes: [JobFinish],
        then: @escaping @Sendable ([Result<FinishReport, StoreError>]) -> Void
    ) {
        let size = finishes.reduce(0) { $0 + $1.change.byteCount }
        if size > Self.inlineBytes {
            DispatchQueue.global().async { self.write(finishes, then: then) }
        } else {
            write(finishes, then: then)
        }
    }

    private func write(
        _ finishes: [JobFinish],
        passing: Bool = false,
        then: @escaping @Sendable ([Result<FinishReport, StoreError>]) -> Void
    ) {
        let batch = FinishJobs(finishes, resultLimit: configuration.resultLimit)
        let keys = finishes.map(\.job.key)
        let wasSent = resent.withLockedValue { resent in
            !resent.isEmpty && keys.contains { resent.contains($0) }
        }
        let passing =
            passing
            || locked.withLockedValue { locked in
                !locked.isEmpty && keys.contains { locked.contains($0) }
            }
        var statements = [batch.statement(schema, session, passing: passing)]
        if wasSent { statements.append(batch.checkStatement(schema, session)) }
        finisher.submit(PGUnit(statements)) { [self] result in
            switch result {
            case .success(let results):
                if wasSent { resent.withLockedValue { $0.subtract(keys) } }
                let now = wasSent ? results.last : nil
                let reports = results.first.map { batch.read($0, now: now) } ?? [:]
                let busy = passing ? results.first.map { FinishJobs.locked($0) } ?? [] : []
                if passing {
                    locked.withLockedValue { locked in
                        locked.subtract(keys)
                        locked.formUnion(keys.filter { busy.contains($0.jobID) })
                    }
                }
                then(
                    keys.map { key in
                        if let report = reports[key] { return .success(report) }
                        return busy.contains(key.jobID) ? .failure(.busy) : .success(.fenced)
                    }
                )
            case .failure(let error):
                let failure = StoreError(error)
                if case .unknown = failure { resent.withLockedValue { $0.formUnion(keys) } }
                if failure == .busy, !passing {
                    // Some row is locked: the others are not to wait for it.
                    write(finishes, passing: true, then: then)
                } else if case .rejected = failure, finishes.count > 1 {
                    separate(finishes, then: then)
                } else {
                    then(keys.map { _ in .failure(failure) })
                }
            }
        }
    }

    /// One member of the batch is refused: each is written alone, so that only that one fails.
    private func separate(
        _ finishes: [JobFinish],
        then: @escaping @Sendable ([Result<FinishReport, StoreError>]) -> Void
    ) {
        let gathered = GatheredResults<FinishReport>(count: finishes.count, then: then)
        for (index, finish) in finishes.enumerated() {
            write([finish]) { results in
                gathered.set(index, results.first ?? .failure(.unavailable("no answer")))
            }
        }
    }

    package func lookup(
        _ ids: [Int64],
        then: @escaping @Sendable (Result<[JobSnapshot], StoreError>) -> Void
    ) {
        let sql = LookupJobs.sql(schema, withOutcomes: shape?.hasOutcomes == true)
        let look = PGStatement(sql, [.int8Array(ids)])
        reader.submit(PGUnit([look])) { [reader, schema] result in
            guard case .success(let results) = result, let rows = results.last else {
                if case .failure(let error) = result { return then(.failure(StoreError(error))) }
                return then(.failure(.unavailable("no answer")))
            }
            let late = LookupJobs.late(rows)
            if late.isEmpty { return then(.success(LookupJobs.read(rows))) }
            // Where nobody claims, nobody else finds that a job is past its caller's deadline.
            let units = PGUnit([ExpireJobs.statement(schema, late), look])
            reader.submit(units) { again in
                guard case .success(let results) = again, let rows = results.last else {
                    return then(.success(LookupJobs.read(rows)))
                }
                then(.success(LookupJobs.read(rows)))
            }
        }
    }

    package func cancel(
        _ targets: [CancelTarget],
        then: @escaping @Sendable (Result<[CancelReport], StoreError>) -> Void
    ) {
        keeper.submit(PGUnit(CancelJobs.statements(schema, targets))) { result in
            switch result {
            case .success(let results): then(.success(CancelJobs.read(results, targets)))
            case .failure(let error): then(.failure(StoreError(error)))
            }
        }
    }

    package func stage(
        limit: Int,
        then: @escaping @Sendable (Result<StagedBatch, StoreError>) -> Void
    ) {
        submit(
            PGUnit(StageJobs.sql(schema), [.int4(Int32(clamping: limit))]),
            to: keeper,
            then: then
        ) {
            StageJobs.read($0)
        }
    }

    package func beat(
        _ beat: SessionBeat,
        then: @escaping @Sendable (Result<Census, StoreError>) -> Void
    ) {
        let hasProducers = shape?.hasProducers == true
        var statements = [PGStatement.withoutFlush]
        if hasProducers {
            let queues = beat.leaving ? [] : beat.queues.sorted { $0.key < $1.key }
            statements.append(
                PGStatement(
                    Beat.producers(schema),
                    [
                        .text(session.node), .textArray(queues.map(\.key)),
                        .int4Array(queues.map { Int32(clamping: $0.value) }), .text(session.id),
                        .boolArray(queues.map { beat.paused.contains($0.key) }),
                    ]
                )
            )
        }
        statements.append(PGStatement(Beat.renew(schema), [.text(session.id)]))
        statements.append(
            PGStatement(Beat.census(schema, withProducers: hasProducers), [.text(session.id)])
        )
        submit(PGUnit(statements, deadline: .seconds(5)), to: heart, then: then) { Beat.read($0) }
    }

    package func rescue(
        _ request: RescueRequest,
        then: @escaping @Sendable (Result<[RescuedJob], StoreError>) -> Void
    ) {
        submit(PGUnit([RescueJobs.statement(schema, session, request)]), to: keeper, then: then) {
            RescueJobs.read($0)
        }
    }

    package func prune(
        olderThan retention: Duration,
        limit: Int,
        then: @escaping @Sendable (Result<Int, StoreError>) -> Void
    ) {
        let parameters: [PGValue] = [
            .int8(retention.wholeMicroseconds), .int4(Int32(clamping: limit)),
        ]
        var statements = [PGStatement("SELECT set_config('relay.pruning', 'on', true)")]
        if shape?.hasKeys == true {
            statements.append(PGStatement(PruneJobs.keys(schema), parameters))
        }
        if shape?.hasOutcomes == true {
            statements.append(PGStatement(PruneJobs.outcomes(schema), parameters))
        }
        statements.append(
            PGStatement(PruneJobs.jobs(schema, ours: shape?.origin == .relay), parameters)
        )
        submit(PGUnit(statements, alone: true), to: keeper, then: then) { $0.affectedRows }
    }

    private func submit<Value: Sendable>(
        _ unit: PGUnit,
        to connection: PGConnection,
        then: @escaping @Sendable (Result<Value, StoreError>) -> Void,
        read: @escaping @Sendable (PGResult) -> Value
    ) {
        connection.submit(unit) { result in
            switch result {
            case .success(let results):
                guard let last = results.last else {
                    return then(.failure(.unavailable("no answer")))
                }
                then(.success(read(last)))
            case .failure(let error):
                then(.failure(StoreError(error)))
            }
        }
    }
}

extension JobFinish.Change {
    /// The size of what is to be recorded.
    fileprivate var byteCount: Int {
        if case .complete(let value) = self { value.byteCount } else { 0 }
    }
}

extension PGStatement {
    /// The commit of this transaction does not wait for the disk.
    static let withoutFlush = PGStatement(
        "SELECT set_config('synchronous_commit', 'off', true)"
    )
}
