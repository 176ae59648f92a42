internal import Glibc
package import RelayPostgres

/// A database of its own on the cluster that `scripts/with-postgres` made, deleted afterwards.
package struct TestDatabase: Sendable {
    /// The connection string of the database.
    package let url: String
    /// Its name.
    package let name: String

    /// Why tests cannot run here.
    package struct NoCluster: Error, CustomStringConvertible {
        /// One line that says what to do.
        package let description =
            "these tests need Postgres: run them as scripts/with-postgres swift test --disable-xctest"
    }

    /// The URL of the cluster.
    ///
    /// - Throws: `NoCluster` if the tests don't run under `scripts/with-postgres`.
    package static func clusterURL() throws -> String {
        guard let url = unsafe getenv("DATABASE_URL") else { throw NoCluster() }
        return unsafe String(cString: url)
    }

    /// Runs the body with an empty database that nobody else uses.
    ///
    /// Making a database takes a quarter of a second, so one that a test has left is emptied and given to the next;
    /// they go with the cluster.
    ///
    /// - Throws: what the body throws, or `NoCluster`.
    package static func with<Value>(
        _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        let cluster = try clusterURL()
        let name = try await DatabasePool.take(from: cluster)
        let base = cluster.prefix(while: { $0 != "?" }).split(
            separator: "/",
            omittingEmptySubsequences: false
        )
        let database = TestDatabase(
            url: base.dropLast().joined(separator: "/") + "/" + name,
            name: name
        )
        let result: Result<Value, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        try await DatabasePool.putBack(database)
        return try result.get()
    }

    /// Runs the body with an empty schema in a database that all tests share: faster than a database, but
    /// notifications and `pg_stat_activity` are shared too.
    ///
    /// - Throws: what the body throws, or `NoCluster`.
    package static func withSchema<Value>(
        _ body: (_ database: TestDatabase, _ schema: String) async throws -> Value
    ) async throws -> Value {
        let cluster = try clusterURL()
        let schema = "test_\(UInt64.random(in: 0 ... .max))"
        let admin = try RawSession(url: cluster)
        try admin.run("CREATE SCHEMA \(schema)")
        let result: Result<Value, any Error>
        do {
            let name = try admin.value("SELECT current_database()")
            result = .success(try await body(TestDatabase(url: cluster, name: name), schema))
        } catch {
            result = .failure(error)
        }
        try admin.run("DROP SCHEMA \(schema) CASCADE")
        return try result.get()
    }

    /// Opens a session of the test's own.
    package func session(
        channels: [String] = [],
        onEvent: @escaping @Sendable (PGEvent) -> Void = { _ in }
    ) -> TestSession {
        TestSession(url: url, channels: channels, onEvent: onEvent)
    }

    /// Opens a session that owes nothing to the code under test.
    ///
    /// - Throws: `RawSession.Failure`.
    package func raw() throws -> RawSession { try RawSession(url: url) }
}
