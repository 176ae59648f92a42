package import RelayPostgres

/// Makes our schema, or adds what is ours to one of Oban's; one transaction, idempotent, safe while jobs run.
package struct Migrator: Sendable {
    /// What to install besides the jobs table.
    package struct Options: Sendable, Hashable {
        /// The outcome table and its triggers, on a schema made by Oban.
        package var observe = false
        /// The idempotency keys, on a schema made by Oban.
        package var keys = false
        /// The GIN indexes on args and meta, in a schema of our own.
        package var gin = false

        package init(observe: Bool = false, keys: Bool = false, gin: Bool = false) {
            self.observe = observe
            self.keys = keys
            self.gin = gin
        }
    }

    private let connection: PGConnection
    private let schema: SchemaName

    /// Works on an open connection.
    package init(connection: PGConnection, schema: SchemaName) {
        self.connection = connection
        self.schema = schema
    }

    /// What is there.
    ///
    /// - Throws: `PGError`.
    package func shape() async throws(PGError) -> SchemaShape {
        let results = try await connection.submit(
            PGUnit(
                SchemaShape.sql,
                [.text(schema.name), .textArray(SchemaShape.columns)],
                alone: true
            )
        )
        guard let row = results.last, row.rowCount == 1 else {
            throw PGError(.server, message: "the catalogue could not be read")
        }
        return SchemaShape(
            exists: row.bool(0, 0) ?? false,
            comment: row.text(0, 1),
            mark: row.text(0, 2),
            keys: row.bool(0, 3) ?? false,
            outcomes: row.bool(0, 4) ?? false,
            observer: row.text(0, 5),
            producers: row.bool(0, 6) ?? false,
            peers: row.bool(0, 7) ?? false,
            missing: row.text(0, 8)
        )
    }

    /// The statements that the options ask for, given what is there; empty if nothing is to be done.
    package func plan(_ options: Options, on shape: SchemaShape) -> [String] {
        var parts: [String] = []
        let isOurs = shape.origin == nil || shape.origin == .relay
        if shape.origin == nil { parts.append(ObanSchema.sql(schema, withGIN: options.gin)) }
        if shape.origin == .relay, options.gin {
            parts.append(
                "CREATE INDEX IF NOT EXISTS oban_jobs_args_index ON \(schema.table("oban_jobs")) USING gin (args);"
            )
            parts.append(
                "CREATE INDEX IF NOT EXISTS oban_jobs_meta_index ON \(schema.table("oban_jobs")) USING gin (meta);"
            )
        }
        if !shape.hasKeys, isOurs || options.keys { parts.append(RelaySchema.keys(schema)) }
        // Functions of an older version are made anew, wherever somebody asked for them once.
        let isOld = shape.hasOutcomes && !shape.observesAsNow
        if isOld || (!shape.hasOutcomes && (isOurs || options.observe)) {
            parts.append(RelaySchema.observe(schema))
        }
        if shape.origin == nil {
            parts.append("COMMENT ON TABLE \(schema.table("relay_keys")) IS '\(RelaySchema.mark)';")
        }
        return parts
    }

    /// Carries out the plan under an advisory lock, so that two of them don't meet.
    ///
    /// - Throws: `PGError`; nothing is changed then.
    package func migrate(
        _ options: Options
    ) async throws(PGError) -> (before: SchemaShape, changed: Bool) {
        let before = try await shape()
        let plan = plan(options, on: before)
        if plan.isEmpty { return (before, false) }
        var statements = [
            PGStatement(
                "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))",
                [.text("relay.migrate.\(schema)")]
            )
        ]
        for part in plan {
            // A simple query would take it whole, but pipeline mode takes one statement at a time.
            statements += Self.split(part).map { PGStatement($0) }
        }
        do {
            _ = try await connection.submit(PGUnit(statements, alone: true, deadline: .seconds(60)))
        } catch
            where error.sqlState == SQLState(rawValue: "42P07")
            || error.sqlState == SQLState(rawValue: "42710")
        {
            // Somebody else migrated between our look and our lock.
            return (try await shape(), false)
        }
        return (before, true)
    }

    /// Splits a script at semicolons that end a line, outside of dollar quotes.
    static func split(_ script: String) -> [String] {
        var statements: [String] = []
        var current = ""
        var isQuoted = false
        for line in script.split(separator: "\n") {
            current += line + "\n"
            if line.split(separator: "$relay$", omittingEmptySubsequences: false).count == 2 {
                isQuoted.toggle()
            }
            if !isQuoted, line.last == ";" {
                statements.append(current)
                current = ""
            }
        }
        return statements
    }
}
