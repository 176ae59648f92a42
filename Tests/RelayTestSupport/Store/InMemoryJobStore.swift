package import NIOConcurrencyHelpers
package import RelayCore

/// The jobs table in memory as a store: one session on a table that other sessions may share.
///
/// Every operation is carried out at once, and answered on the caller's thread.
package final class InMemoryJobStore: JobStore {
    /// The table, which the stores of other sessions may share.
    package let table: NIOLockedValueBox<JobTable>
    /// The session whose jobs these are.
    package let session: String
    /// Set while the database cannot be reached: every operation fails, and nothing is written.
    package let isAway = NIOLockedValueBox(false)

    /// Makes a store for a session.
    package init(table: NIOLockedValueBox<JobTable> = .init(JobTable()), session: String = "one") {
        self.table = table
        self.session = session
    }

    private static let away = StoreError.unavailable("the database is away")

    private func run<Value>(_ body: (inout JobTable) -> Value) -> Result<Value, StoreError> {
        if isAway.withLockedValue({ $0 }) { return .failure(Self.away) }
        return .success(table.withLockedValue(body))
    }

    package func insert(
        _ requests: [InsertRequest],
        then: @escaping @Sendable ([Result<[InsertedJob], StoreError>]) -> Void
    ) {
        then(
            requests.map { request in run { $0.insert(request, session: session) }.flatMap { $0 } }
        )
    }

    package func claim(
        _ request: ClaimRequest,
        then: @escaping @Sendable (Result<ClaimedBatch, StoreError>) -> Void
    ) {
        then(run { $0.claim(request, session: session) })
    }

    package func finish(
        _ finishes: [JobFinish],
        then: @escaping @Sendable ([Result<FinishReport, StoreError>]) -> Void
    ) {
        then(
            finishes.map { finish in
                run { $0.finish(finish, session: session, resent: false) }.flatMap { $0 }
            }
        )
    }

    package func lookup(
        _ ids: [Int64],
        then: @escaping @Sendable (Result<[JobSnapshot], StoreError>) -> Void
    ) {
        then(run { $0.lookup(ids) })
    }

    package func cancel(
        _ targets: [CancelTarget],
        then: @escaping @Sendable (Result<[CancelReport], StoreError>) -> Void
    ) {
        then(run { $0.cancel(targets) })
    }

    package func stage(
        limit: Int,
        then: @escaping @Sendable (Result<StagedBatch, StoreError>) -> Void
    ) {
        then(run { $0.stage(limit: limit) })
    }

    package func beat(
        _ beat: SessionBeat,
        then: @escaping @Sendable (Result<Census, StoreError>) -> Void
    ) {
        then(run { $0.beat(beat, session: session) })
    }

    package func rescue(
        _ request: RescueRequest,
        then: @escaping @Sendable (Result<[RescuedJob], StoreError>) -> Void
    ) {
        then(run { $0.rescue(request, session: session) })
    }

    package func prune(
        olderThan retention: Duration,
        limit: Int,
        then: @escaping @Sendable (Result<Int, StoreError>) -> Void
    ) {
        then(run { $0.prune(olderThan: retention, limit: limit) })
    }
}
