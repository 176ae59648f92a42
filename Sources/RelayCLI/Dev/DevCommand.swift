internal import ArgumentParser
internal import Logging
internal import RelayClient
internal import RelayStore

/// The command `relay dev`.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Run everything on an embedded Postgres.",
        discussion: """
            Makes a private Postgres cluster under .relay, on a Unix socket only, makes the schema, serves, and runs \
            the demo workers (Echo, Sleep, Fail, Snooze, Cancel, Discard, Big, Progress). The next start finds the \
            data again. Where DATABASE_URL is set that server is used instead, and nothing else changes.

              relay dev
              relay dev --queue default:50 --listen unix:/tmp/relay.sock
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var options: ServeOptions

    @Option(help: "The folder of the embedded cluster (default: .relay).")
    var directory: String?

    /// The queues of the demo workers, unless others are named.
    static let demoQueues = ["default": 20, "demo": 10, "slow": 2]
    /// The folder of the embedded cluster.
    static let defaultDirectory = ".relay"

    func run() async throws {
        let settings = try await Settings(file: options.config)
        let schema = database.schemaName(settings)
        if let url = try database.url(settings) {
            try await serve(url, schema, settings, cluster: nil)
            return
        }
        let logger = try options.log.logger(settings)
        let folder = settings.text("directory", directory) ?? Self.defaultDirectory
        // A wrong option is told of before a cluster is made for nothing.
        _ = try options.plan(settings, url: "", schema: schema)
        let cluster = try await EmbeddedCluster(folder: folder, settings: settings, logger: logger)
        let lock = try FolderLock(cluster.location.lock)
        try await cluster.start()
        let result: Result<Void, any Error>
        do {
            try cluster.location.announce(in: folder)
            try await serve(cluster.location.url, schema, settings, cluster: cluster)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await cluster.stop()
        extendLifetime(lock)
        try result.get()
    }

    private func serve(
        _ url: String,
        _ schema: String,
        _ settings: Settings,
        cluster: EmbeddedCluster?
    ) async throws {
        var plan = try options.plan(settings, url: url, schema: schema)
        if plan.queues.isEmpty { plan.queues = Self.demoQueues }
        let name = try SchemaName(schema)
        try await DatabaseSession.with(url, role: "migrate") { session in
            _ = try await Migrator(connection: session.connection, schema: name).migrate(.init())
        }
        let greeting = DevGreeting.text(
            program: CommandLine.arguments.first ?? "relay",
            plan: plan,
            postgres: cluster?.location
        )
        try await GatewayNode(plan).run {
            _ = try? Terminal.print(greeting)
        } onSecondSignal: {
            cluster?.abandon()
        }
    }
}
