internal import ArgumentParser
internal import RelayClient
internal import RelayStore

/// The command `relay jobs`.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Show jobs, the newest first.",
        discussion: """
            Reads the table, in the database that DATABASE_URL names, or that of the `relay dev` that runs in this \
            folder. Refs are never shown.

              relay jobs --queue orders --state retryable
              relay jobs --worker Charge --limit 5 --json
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Option(help: "Only of this queue.")
    var queue: String?

    @Option(help: "Only in this state, such as executing.")
    var state: String?

    @Option(help: "Only of this worker.")
    var worker: String?

    @Option(help: "At most so many (default: 20).")
    var limit: String?

    @Option(help: "A JSON or YAML file with further options.")
    var config: String?

    @Flag(help: "Print a JSON line for each job, with args and meta.")
    var json = false

    func run() async throws {
        let settings = try await Settings(file: config)
        let isJSON = try settings.isOn("json", json)
        let schema = try SchemaName(database.schemaName(settings))
        var query = JobsQuery()
        query.queue = settings.text("queue", queue)
        query.worker = settings.text("worker", worker)
        query.limit = try settings.number("limit", limit, in: 1...10_000) ?? query.limit
        if let text = settings.text("state", state) {
            guard let state = JobState(rawValue: text) else {
                let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw settings.wrong("state", text, "one of \(known)")
            }
            query.state = state
        }
        let rows = try await DatabaseSession.with(
            database.inspectedURL(settings),
            role: "jobs"
        ) { [query] session in
            try await session.requireTable(schema)
            return try await query.read(session.connection, schema)
        }
        if isJSON {
            for row in rows { try Terminal.print(row.json) }
            return
        }
        var table = TextTable([
            .init(name: "id", isNumber: true), .init(name: "state"), .init(name: "queue"),
            .init(name: "worker"), .init(name: "attempt"), .init(name: "inserted"),
            .init(name: "args"),
        ])
        table.rows = rows.map(\.fields)
        for line in table.lines { try Terminal.print(line) }
    }
}
