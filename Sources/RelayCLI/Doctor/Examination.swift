internal import FoundationEssentials
internal import Logging
internal import RelayPostgres
internal import RelayStore

/// Looks at a database from all sides that matter to a gateway.
struct Examination: Sendable {
    let session: DatabaseSession
    let url: String
    let schema: SchemaName

    /// The oldest server that is supported.
    private static let oldestVersion = 140_000
    /// The connections of one gateway and instance, with some room.
    private static let connections = 10
    /// How far the clocks may be apart before somebody should know, in seconds.
    private static let clockTolerance = 5.0
    /// How long a notification may take.
    private static let listenTimeout = Duration.seconds(3)
    /// The settings that are looked at.
    private static let settings = [
        "server_version_num", "fsync", "synchronous_commit", "full_page_writes", "autovacuum",
        "max_connections",
    ]

    /// Everything that was found, in order; throws `PGError` if Postgres cannot be asked.
    func findings() async throws -> [Finding] {
        let values = try await self.values()
        var findings = server(values)
        do {
            findings += try await tables()
        } catch let error as PGError where error.sqlState == .insufficientPrivilege {
            findings.append(
                wrong("privileges", "\(error.message); GRANT USAGE ON SCHEMA \(schema)")
            )
        }
        findings.append(await listening())
        return findings
    }

    private func good(_ subject: String, _ text: String) -> Finding {
        Finding(verdict: .good, subject: subject, text: text)
    }

    private func doubtful(_ subject: String, _ text: String) -> Finding {
        Finding(verdict: .doubtful, subject: subject, text: text)
    }

    private func wrong(_ subject: String, _ text: String) -> Finding {
        Finding(verdict: .wrong, subject: subject, text: text)
    }

    // MARK: The server

    private func values() async throws -> [String: String] {
        let sql = """
            SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY ($1::text[])
            UNION ALL SELECT 'version', current_setting('server_version')
            UNION ALL SELECT 'recovery', pg_is_in_recovery()::text
            UNION ALL SELECT 'used', count(*)::text FROM pg_catalog.pg_stat_activity
            UNION ALL SELECT 'queue', pg_notification_queue_usage()::text
            UNION ALL SELECT 'clock', extract(epoch FROM clock_timestamp())::text
            """
        let before = Date.now.timeIntervalSince1970
        let unit = PGUnit(sql, [.textArray(Self.settings.map { $0 })])
        let rows = try await session.connection.submit(unit).last
        let after = Date.now.timeIntervalSince1970
        var values = ["local clock": "\((before + after) / 2)"]
        for row in 0..<(rows?.rowCount ?? 0) {
            if let name = rows?.text(row, 0) { values[name] = rows?.text(row, 1) }
        }
        return values
    }

    private func server(_ values: [String: String]) -> [Finding] {
        func number(_ name: String) -> Double { values[name].flatMap { Double($0) } ?? 0 }
        var findings: [Finding] = []
        let version = values["version"] ?? "?"
        findings.append(
            Int(number("server_version_num")) >= Self.oldestVersion
                ? good("Postgres", "\(version) at \(session.target)")
                : wrong("Postgres", "\(version) is too old; 14 or newer is needed")
        )
        if values["recovery"] == "true" {
            findings.append(
                wrong("role of the server", "a standby, which takes no jobs; name the primary")
            )
        }
        if values["fsync"] == "off" || values["full_page_writes"] == "off" {
            findings.append(
                wrong(
                    "durability",
                    "fsync or full_page_writes is off: a crash may lose or damage jobs; turn them on"
                )
            )
        } else if values["synchronous_commit"] == "off" {
            findings.append(
                wrong(
                    "durability",
                    "synchronous_commit is off: a crash loses jobs that were acknowledged; set it to on"
                )
            )
        } else {
            findings.append(good("durability", "what is acknowledged is on disk"))
        }
        if values["autovacuum"] == "off" {
            findings.append(wrong("autovacuum", "off: the jobs table grows for ever; turn it on"))
        }
        let free = Int(number("max_connections") - number("used"))
        findings.append(
            free >= Self.connections
                ? good("connections", "\(free) are free; a gateway takes up to \(Self.connections)")
                : wrong(
                    "connections",
                    "\(free) are free, a gateway takes up to \(Self.connections); raise max_connections"
                )
        )
        let drift = abs(number("clock") - number("local clock"))
        findings.append(
            drift <= Self.clockTolerance
                ? good("clock", "that of the server is like this machine's")
                : doubtful(
                    "clock",
                    "\(Int(drift)) s apart; schedules follow the server's, logs this machine's"
                )
        )
        if number("queue") > 0.1 {
            findings.append(
                wrong(
                    "notifications",
                    "the queue is \(Int(number("queue") * 100))% full: some session listens and is stuck in a "
                        + "transaction; find it in pg_stat_activity"
                )
            )
        }
        return findings
    }

    // MARK: The schema

    private func tables() async throws -> [Finding] {
        let shape = try await Migrator(connection: session.connection, schema: schema).shape()
        guard let origin = shape.origin else {
            return [wrong("schema \(schema)", "there is no oban_jobs; run `relay migrate`")]
        }
        let maker =
            switch origin {
            case .relay: "made by relay"
            case .elixir(let version): "Oban for Elixir's, version \(version)"
            case .python: "Oban for Python's"
            case .unknown: "of a maker that left no mark"
            }
        var findings = [good("schema \(schema)", maker)]
        if !shape.missingColumns.isEmpty {
            let columns = shape.missingColumns.joined(separator: ", ")
            findings.append(
                wrong("oban_jobs", "lacks \(columns); run Oban's own migrations")
            )
        }
        findings.append(
            shape.hasKeys
                ? good("idempotency keys", "there")
                : doubtful(
                    "idempotency keys",
                    "not there, so calls with a key are refused; `relay migrate --keys`"
                )
        )
        findings.append(
            !shape.hasOutcomes
                ? doubtful(
                    "outcomes",
                    "not there: what Oban's nodes ran is seen later, and answers end with their rows; "
                        + "`relay migrate --observe`"
                )
                : shape.observesAsNow
                    ? good("outcomes", "there")
                    : wrong(
                        "outcomes",
                        "its functions are of an older version; run `relay migrate`"
                    )
        )
        findings += try await privileges(shape)
        return findings
    }

    private func privileges(_ shape: SchemaShape) async throws -> [Finding] {
        let tables =
            ["oban_jobs"] + (shape.hasKeys ? ["relay_keys"] : [])
            + (shape.hasOutcomes ? ["relay_outcomes"] : [])
            + (shape.hasProducers ? ["oban_producers"] : [])
        let sql = """
            SELECT t, p FROM unnest($2::text[]) t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
            WHERE NOT has_table_privilege(format('%I.%I', $1::text, t), p)
            UNION ALL SELECT 'the sequence of oban_jobs', 'USAGE'
            WHERE NOT coalesce(has_sequence_privilege(
                pg_get_serial_sequence(format('%I.oban_jobs', $1::text), 'id'), 'USAGE'), true)
            """
        let unit = PGUnit(sql, [.text(schema.name), .textArray(tables.map { $0 })])
        guard let rows = try await session.connection.submit(unit).last, rows.rowCount > 0 else {
            return [good("privileges", "all that a gateway needs")]
        }
        return (0..<rows.rowCount).map { row in
            let (what, privilege) = (rows.text(row, 0) ?? "", rows.text(row, 1) ?? "")
            return wrong("privileges", "this role lacks \(privilege) on \(what); grant it")
        }
    }

    // MARK: LISTEN

    /// A word that is sent must be heard, which it isn't through a pooler in transaction mode.
    private func listening() async -> Finding {
        let channel = "\(schema).relay_doctor"
        let nonce = "\(UInt64.random(in: 0 ... .max))"
        var configuration = PGConfiguration(conninfo: url, applicationName: "relay doctor listens")
        configuration.channels = [channel]
        let (events, continuation) = AsyncStream<PGEvent>.makeStream()
        let listener = PGConnection(
            configuration: configuration,
            name: "listen",
            logger: Logger(label: "relay") { _ in SwiftLogNoOpLogHandler() },
            onEvent: { continuation.yield($0) }
        )
        let start = ContinuousClock.now
        listener.start()
        let heard = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.hears(nonce, on: channel, events) }
            group.addTask {
                try? await Task.sleep(for: Self.listenTimeout)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            continuation.finish()
            return first
        }
        listener.close()
        await listener.waitUntilClosed()
        guard heard else {
            return wrong(
                "LISTEN",
                "a notification did not arrive within 3 s; connect directly, not through a pooler in transaction mode"
            )
        }
        let took = Int((ContinuousClock.now - start) / .milliseconds(1))
        return good("LISTEN", "a notification arrived, \(took) ms after connecting")
    }

    private func hears(
        _ nonce: String,
        on channel: String,
        _ events: AsyncStream<PGEvent>
    ) async -> Bool {
        for await event in events {
            switch event {
            case .connected:
                let unit = PGUnit(
                    "SELECT pg_notify($1::text, $2::text)",
                    [.text(channel), .text(nonce)]
                )
                _ = try? await session.connection.submit(unit)
            case .notification(channel, nonce, _): return true
            case .notification, .disconnected: continue
            }
        }
        return false
    }
}
