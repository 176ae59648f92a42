internal import CLibpq

/// How a connection is made, and its limits.
package struct PGConfiguration: Sendable {
    /// A URL or keyword string, as libpq takes it.
    package var conninfo: String
    /// What `pg_stat_activity` shows, at most 63 bytes.
    package var applicationName: String
    /// The server's own bound on a statement.
    package var statementTimeout = Duration.seconds(10)
    /// The server's own bound on waiting for a lock.
    package var lockTimeout = Duration.seconds(2)
    /// The server's own bound on an idle transaction.
    package var idleInTransactionTimeout = Duration.seconds(15)
    /// How long connecting may take.
    package var connectTimeout = Duration.seconds(3)
    /// The rest before connecting again: doubled each time, with jitter.
    package var reconnectDelay = Duration.milliseconds(50)...Duration.seconds(2)
    /// The units that may wait.
    package var maxQueuedUnits = 100_000
    /// The units of one batch.
    package var maxBatchUnits = 1_000
    /// The channels to listen on, at most 63 bytes each.
    package var channels: [String] = []

    /// Makes a configuration with the defaults.
    package init(conninfo: String, applicationName: String) {
        self.conninfo = conninfo
        self.applicationName = applicationName
    }

    /// Where the connection leads, for logs: host, port, user and database, never a password.
    ///
    /// - Throws: `PGError` with the code `server` if the text is no connection string.
    package func target() throws(PGError) -> String {
        let options = try Self.parse(conninfo)
        let host = options["host"] ?? options["hostaddr"] ?? "local"
        let port = options["port"].map { ":\($0)" } ?? ""
        return "\(options["user"] ?? "")@\(host)\(port)/\(options["dbname"] ?? "")"
    }

    /// The options that a connection string names.
    ///
    /// - Throws: `PGError` with the code `server` if the text is no connection string; the message holds nothing of it.
    package static func parse(_ conninfo: String) throws(PGError) -> [String: String] {
        guard let first = unsafe PQconninfoParse(conninfo, nil) else {
            throw PGError(
                .server,
                message:
                    "the database URL is not one: use postgres://USER@HOST:PORT/DATABASE or key=value pairs"
            )
        }
        defer { unsafe PQconninfoFree(first) }
        var options: [String: String] = [:]
        var option = unsafe first
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe options[String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return options
    }
}
