import Glibc
import Logging
package import RelayPostgres

/// A database of its own on the cluster that `scripts/with-postgres` made, deleted afterwards.
package struct TestDatabase: Sendable {
    /// The connection string of the database.
    package let url: String
    /// Its name.
    package let name: String

    /// Why tests cannot run here.
    package struct NoCluster: Error, CustomStringConvertible {
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

    /// Makes a database, runs the body, and deletes the database.
    ///
    /// - Throws: what the body throws, or `NoCluster`.
    package static func with<Value>(
        _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        let cluster = try clusterURL()
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        let admin = TestSession(url: cluster)
        try await admin.run("CREATE DATABASE \(name)")
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
        try await admin.run("DROP DATABASE \(name) WITH (FORCE)")
        await admin.end()
        return try result.get()
    }

    /// Opens a session of the test's own.
    package func session(channels: [String] = []) -> TestSession {
        TestSession(url: url, channels: channels)
    }
}

/// A session with which a test looks at the database from outside.
package final class TestSession: Sendable {
    /// The connection.
    package let connection: PGConnection

    package init(
        url: String,
        channels: [String] = [],
        onEvent: @escaping @Sendable (PGEvent) -> Void = { _ in }
    ) {
        var configuration = PGConfiguration(conninfo: url, applicationName: "test")
        configuration.channels = channels
        connection = PGConnection(
            configuration: configuration,
            name: "test",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onEvent: onEvent
        )
        connection.start()
    }

    /// Runs a statement and returns its rows as text, null as nil.
    ///
    /// - Throws: `PGError`.
    @discardableResult
    package func run(_ sql: String, _ parameters: [PGValue] = []) async throws -> [[String?]] {
        let results = try await connection.submit(
            PGUnit(sql, parameters, alone: true, deadline: .seconds(30))
        )
        guard let result = results.last else { return [] }
        return (0..<result.rowCount).map { row in
            (0..<result.columnCount).map { result.text(row, $0) }
        }
    }

    /// Disconnects.
    package func end() async {
        connection.close()
        await connection.waitUntilClosed()
    }
}
