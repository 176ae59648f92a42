internal import Dispatch
internal import NIOConcurrencyHelpers

/// The databases of this run that no test uses now, all empty.
enum DatabasePool {
    private static let free = NIOLockedValueBox<[String]>([])

    /// Takes an empty database, making one if there is none.
    static func take(from cluster: String) async throws -> String {
        if let name = free.withLockedValue({ $0.popLast() }) { return name }
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        try await offPool {
            _ = try RawSession(url: cluster).run("CREATE DATABASE \(name)")
        }
        return name
    }

    /// Ends all sessions of a database, empties it, and keeps it for the next test.
    static func putBack(_ database: TestDatabase) async throws {
        try await offPool {
            let raw = try RawSession(url: database.url)
            try raw.run(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            )
            try raw.run("ALTER DATABASE \(database.name) RESET ALL")
            let schemas = try raw.run(
                """
                SELECT quote_ident(nspname) FROM pg_namespace
                WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
                """
            )
            let names = schemas.compactMap { $0[0] }.joined(separator: ", ")
            try raw.run("DROP SCHEMA \(names) CASCADE; CREATE SCHEMA public")
        }
        free.withLockedValue { $0.append(database.name) }
    }

    /// Runs what blocks for long outside the cooperative pool, which has only as many threads as the machine has cores.
    private static func offPool(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result(catching: body))
            }
        }
    }
}
