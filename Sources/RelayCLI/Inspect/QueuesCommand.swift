internal import ArgumentParser
internal import RelayCore
internal import RelayPostgres
internal import RelayStore

/// The command `relay queues`.
struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "Show queues; pause, resume and scale them.",
        discussion: """
            Works on the database that DATABASE_URL names, or that of the `relay dev` that runs in this folder.

              relay queues
              relay queues --json
              relay queues pause mail           # its jobs wait, wherever they would run
              relay queues resume mail
              relay queues scale mail 20        # the slots of each executor
            """,
        subcommands: [List.self, Pause.self, Resume.self, Scale.self],
        defaultSubcommand: List.self
    )

    /// The states that are shown, in the order of a job's life.
    static let states = [
        "available", "scheduled", "executing", "retryable", "completed", "cancelled", "discarded",
    ]
}

extension QueuesCommand {
    /// The command `relay queues list`, which is meant where none is named.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show how many jobs each queue holds, by state."
        )

        @OptionGroup var database: DatabaseOptions

        @Option(help: "A JSON or YAML file with further options.")
        var config: String?

        @Flag(help: "Print a JSON line for each queue.")
        var json = false

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
                    let members = QueuesCommand.states.map { ($0, "\(byState[$0] ?? 0)") }
                    try Terminal.print(
                        JSONLine.object([("queue", JSONLine.string(queue))] + members)
                    )
                }
                return
            }
            var table = TextTable(
                [.init(name: "queue")]
                    + QueuesCommand.states.map { .init(name: $0, isNumber: true) }
            )
            table.rows = counts.sorted { $0.key < $1.key }.map { queue, byState in
                [queue] + QueuesCommand.states.map { "\(byState[$0] ?? 0)" }
            }
            for line in table.lines { try Terminal.print(line) }
        }
    }

    /// Which queue of which database is meant.
    struct Target: ParsableArguments {
        @Argument(help: "The queue.")
        var queue: String

        @OptionGroup var database: DatabaseOptions

        @Option(help: "A JSON or YAML file with further options.")
        var config: String?

        /// Tells every node of the schema, Oban's too.
        func tell(_ control: QueueControl) async throws {
            guard (1...127).contains(queue.count) else {
                throw CommandError.usage("a queue's name has 1 to 127 characters")
            }
            let settings = try await Settings(file: config)
            let schema = try SchemaName(database.schemaName(settings))
            try await DatabaseSession.with(database.inspectedURL(settings), role: "queues") {
                try await $0.requireTable(schema)
                _ = try await $0.connection.submit(
                    QueueSignal.unit(control, queue: queue, schema: schema)
                )
            }
        }
    }

    /// The command `relay queues pause`.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Let the jobs of a queue wait, on every node that hears it; what runs goes on."
        )

        @OptionGroup var target: Target

        func run() async throws { try await target.tell(.pause) }
    }

    /// The command `relay queues resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the jobs of a paused queue run again."
        )

        @OptionGroup var target: Target

        func run() async throws { try await target.tell(.resume) }
    }

    /// The command `relay queues scale`.
    struct Scale: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set how many jobs of a queue each executor runs at once."
        )

        @OptionGroup var target: Target

        @Argument(help: "How many, 0 to 100000.")
        var limit: Int

        func run() async throws {
            guard (0...100_000).contains(limit) else {
                throw CommandError.usage("the limit of a queue is 0 to 100000")
            }
            try await target.tell(.scale(limit: limit))
        }
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
