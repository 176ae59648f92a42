/// How a connection is made, and its limits.
package struct PGConfiguration: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// A URL or keyword string, as libpq takes it; what it leaves open comes from `PGHOST` and its like.
    package var conninfo: String
    /// What `pg_stat_activity` shows, exactly; at most 63 bytes.
    package var applicationName: String
    /// The server's own bound on a statement.
    package var statementTimeout = Duration.seconds(10)
    /// The server's own bound on waiting for a lock.
    package var lockTimeout = Duration.seconds(2)
    /// The server's own bound on an idle transaction.
    package var idleInTransactionTimeout = Duration.seconds(15)
    /// How long one attempt to connect may take, setting the session up included.
    package var connectTimeout = Duration.seconds(3)
    /// The rest before the next attempt: doubled each time, with jitter.
    package var reconnectDelay = Duration.milliseconds(50)...Duration.seconds(2)
    /// The units that may be with a connection, those under way included.
    package var maxQueuedUnits = 100_000
    /// The bytes of SQL and parameters that may be with a connection.
    package var maxQueuedBytes = 256 * 1024 * 1024
    /// The units of one batch.
    package var maxBatchUnits = 1_000
    /// The bytes of one batch; a greater unit is a batch by itself.
    package var maxBatchBytes = 8 * 1024 * 1024
    /// The transactions of one batch.
    package var maxBatchSegments = 64
    /// The statements that are kept prepared; others are parsed each time.
    package var maxPreparedStatements = 256
    /// Settings of the server's for the session, such as those of its planner.
    package var settings: [String: String] = [:]
    /// The channels to listen on, each of 1 to 63 bytes; their case counts.
    package var channels: [String] = []

    /// Makes a configuration with the defaults.
    package init(conninfo: String, applicationName: String) {
        self.conninfo = conninfo
        self.applicationName = applicationName
    }

    /// Checks what can be checked without a server.
    ///
    /// - Throws: `PGError` with the code `connect`; its message holds nothing of the connection string.
    package func validate() throws(PGError) {
        _ = try ConnectionTarget(conninfo: conninfo)
        for channel in channels where !Self.isChannel(channel) {
            throw PGError(
                .connect,
                message: "a channel's name has 1 to 63 bytes, this one \(channel.utf8.count)"
            )
        }
    }

    /// Where the connection leads, for logs: user, host, port and database, never a password.
    ///
    /// - Throws: `PGError` with the code `connect` if the text is no connection string.
    package func target() throws(PGError) -> String {
        try ConnectionTarget(conninfo: conninfo).description
    }

    // Both, since the string may hold a password and whatever is logged is printed by one of them.
    package var description: String { (try? target()) ?? "unreadable connection string" }

    package var debugDescription: String { description }

    static func isChannel(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count) && !name.utf8.contains(0)
    }
}
