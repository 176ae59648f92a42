import PostgresTestSupport
import RelayPostgres

/// Holds a connection's batch on the server, so that what is submitted meanwhile forms the next batch.
struct Barrier {
    private static let key = 7
    private let raw: RawSession

    /// Takes the lock on which the connection will wait.
    init(_ database: TestDatabase) throws {
        raw = try database.raw()
        try raw.run("SELECT pg_advisory_lock(\(Self.key))")
    }

    /// The unit that waits.
    static var unit: PGUnit {
        PGUnit("SELECT pg_advisory_xact_lock($1)", [.int8(Int64(key))], alone: true)
    }

    /// Returns once the unit waits on the server.
    func waitUntilHit() async throws {
        try await raw.wait(
            for: """
                SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
                AND wait_event_type = 'Lock' AND wait_event = 'advisory'
                """
        )
    }

    /// Lets the unit go on.
    func open() throws {
        try raw.run("SELECT pg_advisory_unlock(\(Self.key))")
    }
}

extension TestSession {
    /// Submits units that form one batch, and returns their outcomes in order.
    func outcomesOfOneBatch(
        _ units: [PGUnit],
        on database: TestDatabase
    ) async throws -> [Result<[PGResult], PGError>] {
        let barrier = try Barrier(database)
        connection.submit(Barrier.unit) { _ in }
        try await barrier.waitUntilHit()
        return try await outcomes(of: units) { try barrier.open() }
    }
}

extension Result where Failure == PGError {
    /// The server's code; nil if there is none.
    var sqlState: SQLState? {
        if case .failure(let error) = self { error.sqlState } else { nil }
    }

    /// The kind of failure; nil if there is none.
    var code: PGError.Code? {
        if case .failure(let error) = self { error.code } else { nil }
    }
}
