internal import ArgumentParser
internal import RelayClient
internal import RelayStore

/// The command `relay migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Make or upgrade the schema.",
        discussion: """
            One transaction, safe to repeat, safe while jobs run. A schema that Oban made is left as it is: \
            --observe and --keys add what is ours to it.

              relay migrate                # DATABASE_URL names the database
              relay migrate --check        # exit status 1 if there is something to do
              relay migrate --print-sql    # for those who run SQL themselves
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Option(help: "A JSON or YAML file with further options.")
    var config: String?

    @Flag(help: "Change nothing; exit status 1 if there is something to do.")
    var check = false

    @Flag(name: .customLong("print-sql"), help: "Change nothing; print the SQL that would run.")
    var printSQL = false

    @Flag(help: "On a schema of Oban's: add the outcome table and its triggers.")
    var observe = false

    @Flag(help: "On a schema of Oban's: add the table of idempotency keys.")
    var keys = false

    @Flag(help: "In a schema of our own: index args and meta, for queries by people.")
    var gin = false

    func run() async throws {
        let settings = try await Settings(file: config)
        let url = try database.requiredURL(settings)
        let schema = try SchemaName(database.schemaName(settings))
        let options = Migrator.Options(
            observe: try settings.isOn("observe", observe),
            keys: try settings.isOn("keys", keys),
            gin: try settings.isOn("gin", gin)
        )
        try await DatabaseSession.with(url, role: "migrate") { session in
            let migrator = Migrator(connection: session.connection, schema: schema)
            if printSQL || check {
                let plan = migrator.plan(options, on: try await migrator.shape())
                if printSQL {
                    for part in plan { try Terminal.print(part) }
                } else if plan.isEmpty {
                    try Terminal.print("\(schema): nothing to do")
                } else {
                    throw CommandError(
                        status: .failed,
                        message: "\(schema): \(plan.count) steps to do; run `relay migrate`"
                    )
                }
                return
            }
            let (before, changed) = try await migrator.migrate(options)
            try Terminal.print("\(schema): \(Self.words(before, changed: changed))")
        }
    }

    /// What was found, and what was done about it.
    static func words(_ before: SchemaShape, changed: Bool) -> String {
        switch before.origin {
        case nil: return "made"
        case .relay: return changed ? "upgraded" : "up to date"
        case .elixir(let version):
            return foreign("Oban's own, version \(version)", changed)
        case .python: return foreign("Oban's own, made by its Python package", changed)
        case .unknown: return foreign("a table oban_jobs that somebody else made", changed)
        }
    }

    private static func foreign(_ what: String, _ changed: Bool) -> String {
        changed
            ? "\(what); its tables are left as they are, ours were added"
            : "\(what); left as it is. --keys adds idempotency keys, --observe faster and lasting outcomes"
    }
}
