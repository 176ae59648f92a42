internal import RelayClient
internal import RelayPostgres
internal import RelayStore

/// Which jobs to show.
struct JobsQuery: Sendable {
    var queue: String?
    var state: JobState?
    var worker: String?
    var limit = 20

    /// What is shown of a job.
    struct Row: Sendable {
        var id: Int64
        var state: String
        var queue: String
        var worker: String
        var attempt: Int
        var maxAttempts: Int
        var insertedAt: String
        var args: String
        var meta: String
        var error: String?

        /// The fields of the table's line.
        var fields: [String] {
            [
                "\(id)", state, queue, worker, "\(attempt)/\(maxAttempts)",
                String(insertedAt.prefix(19)),
                args,
            ]
        }

        /// The job as a JSON line.
        var json: String {
            JSONLine.object([
                ("id", "\(id)"), ("state", JSONLine.string(state)),
                ("queue", JSONLine.string(queue)),
                ("worker", JSONLine.string(worker)), ("attempt", "\(attempt)"),
                ("max_attempts", "\(maxAttempts)"), ("inserted_at", JSONLine.string(insertedAt)),
                ("args", JSONLine.compact(args)), ("meta", JSONLine.compact(meta)),
                ("last_error", error.map(JSONLine.compact) ?? "null"),
            ])
        }
    }

    /// Reads the jobs, the newest first; throws `PGError`.
    func read(_ connection: PGConnection, _ schema: SchemaName) async throws -> [Row] {
        // The ref is a capability, and the recorded result can be large: neither leaves the database here.
        let sql = """
            SELECT id, state::text, queue, worker, attempt, max_attempts,
                to_char(inserted_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), args::text,
                (meta - 'relay' - 'return')::text, errors[array_upper(errors, 1)]::text
            FROM "\(schema.name)".oban_jobs
            WHERE ($1::text IS NULL OR queue = $1) AND ($2::text IS NULL OR state::text = $2)
                AND ($3::text IS NULL OR worker = $3)
            ORDER BY id DESC LIMIT $4::bigint
            """
        let parameters: [PGValue] = [
            queue.map { .text($0) } ?? .null, state.map { .text($0.rawValue) } ?? .null,
            worker.map { .text($0) } ?? .null, .int8(Int64(limit)),
        ]
        let results = try await connection.submit(PGUnit(sql, parameters, deadline: .seconds(60)))
        guard let rows = results.last else { return [] }
        return (0..<rows.rowCount).map { row in
            Row(
                id: rows.int8(row, 0) ?? 0,
                state: rows.text(row, 1) ?? "",
                queue: rows.text(row, 2) ?? "",
                worker: rows.text(row, 3) ?? "",
                attempt: rows.int(row, 4) ?? 0,
                maxAttempts: rows.int(row, 5) ?? 0,
                insertedAt: rows.text(row, 6) ?? "",
                args: rows.text(row, 7) ?? "{}",
                meta: rows.text(row, 8) ?? "{}",
                error: rows.text(row, 9)
            )
        }
    }
}
