package import RelayCore
internal import RelayPostgres

/// How a store connects.
package struct StoreConfiguration: Sendable {
    /// A Postgres URL or keyword string.
    package var databaseURL: String
    /// The schema that holds `oban_jobs`.
    package var schema: SchemaName
    /// Who claims.
    package var session: Session
    /// The bytes of a result after compression.
    package var resultLimit: Int
    /// Whether a claim waits for the disk.
    ///
    /// It need not: if Postgres crashes before the claim is on disk the job is available again, and runs once more, as
    /// at-least-once allows; an outcome that is on disk has its claim before it in the log.
    package var durableClaims = false

    /// Makes a configuration.
    package init(
        databaseURL: String,
        schema: SchemaName,
        session: Session,
        resultLimit: Int = Limits().resultBytes
    ) {
        self.databaseURL = databaseURL
        self.schema = schema
        self.session = session
        self.resultLimit = resultLimit
    }

    /// Where it leads, for logs, without secrets.
    ///
    /// - Throws: `RelayError` with `INVALID_ARGUMENT` if the URL is none.
    package func target() throws(RelayError) -> String {
        do {
            return try PGConfiguration(conninfo: databaseURL, applicationName: "relay").target()
        } catch {
            throw RelayError(.invalidArgument, reason: "BAD_DATABASE_URL", message: error.message)
        }
    }

    func connection(_ role: String, planner: [String: String] = [:]) -> PGConfiguration {
        var connection = PGConfiguration(
            conninfo: databaseURL,
            applicationName: "relay \(role) \(session.node)".prefix63
        )
        connection.settings = planner
        return connection
    }
}

extension String {
    /// As much as fits into a Postgres name, 63 bytes.
    fileprivate var prefix63: String {
        var text = self
        while text.utf8.count > 63 { text.removeLast() }
        return text
    }
}
