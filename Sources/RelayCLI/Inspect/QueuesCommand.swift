internal import ArgumentParser
internal import RelayPostgres
internal import RelayStore

/// The command `relay queues`.
struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "Show how many jobs each queue holds, by state.",
        discussion: """
            Reads the table, in the database that DATABASE_URL names, or that of the `relay dev` that runs in this \
            folder.

              relay queues
              relay queues --json
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Option(help: "A JSON or YAML file with further options.")
    var config: String?

    @Flag(help: "Print a JSON line for each queue.")
    var json = false

    /// The states that are shown, in the order of a job's life.
    static let states = [
        "available", "scheduled", "executing", "retryable", "completed", "cancelled", "discarded",
    ]

    func run() async throws {
        let settings = try await Settings(file: config)
        let isJSON = try settings.isOn("json", json)
        let schema = try SchemaName(database.schemaName(settings))
        let counts = try await DatabaseSession.with(
            database.inspectedURL(settings),
            role: "queues"
        ) { session in
            try await session.requireTable(schema)
            return try await QueueCounts.read(session.connection, schema)
        }
        guard !isJSON else {
            for (queue, byState) in counts.sorted(by: { $0.key < $1.key }) {
                let members = Self.states.map { ($0, "\(byState[$0] ?? 0)") }
                try Terminal.print(JSONLine.object([("queue", JSONLine.string(queue))] + members))
            }
            return
        }
        var table = TextTable(
            [.init(name: "queue")] + Self.states.map { .init(name: $0, isNumber: true) }
        )
        table.rows = counts.sorted { $0.key < $1.key }.map { queue, byState in
            [queue] + Self.states.map { "\(byState[$0] ?? 0)" }
        }
        for line in table.lines { try Terminal.print(line) }
    }
}

/// How many jobs of each state a queue holds.
enum QueueCounts {
    /// Reads them; throws `PGError`.
    static func read(
        _ connection: PGConnection,
        _ schema: SchemaName
    ) async throws -> [String: [String: Int]] {
        let sql = """
            SELECT queue, state::text, count(*) FROM "\(schema.name)".oban_jobs GROUP BY queue, state
            """
        let results = try await connection.submit(PGUnit(sql, deadline: .seconds(60)))
        var counts: [String: [String: Int]] = [:]
        guard let rows = results.last else { return counts }
        for row in 0..<rows.rowCount {
            guard let queue = rows.text(row, 0), let state = rows.text(row, 1) else { continue }
            counts[queue, default: [:]][state] = rows.int(row, 2) ?? 0
        }
        return counts
    }
}
