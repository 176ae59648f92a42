internal import ArgumentParser

/// The command `relay serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Start as many as you like on one database: any of them answers any relay. The schema must be there: \
            `relay migrate` makes it. SIGTERM and SIGINT drain, a second one ends at once.

              DATABASE_URL=postgres://db/app relay serve
              relay serve --listen unix:/run/relay.sock --http off
              relay serve --queue default:10          # with the demo workers in process
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var options: ServeOptions

    func run() async throws {
        let settings = try await Settings(file: options.config)
        let plan = try options.plan(
            settings,
            url: try database.requiredURL(settings),
            schema: database.schemaName(settings)
        )
        try await GatewayNode(plan).run()
    }
}
