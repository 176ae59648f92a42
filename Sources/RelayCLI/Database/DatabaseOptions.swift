internal import ArgumentParser
internal import RelayClient

/// Which database, and which schema of it.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help:
            "A Postgres URL; better in RELAY_DATABASE_URL or DATABASE_URL, since others see arguments."
    )
    var databaseUrl: String?

    @Option(help: "The schema that holds oban_jobs (default: public).")
    var schema: String?

    /// The URL: the option's, else DATABASE_URL; nil if neither is set.
    func url(_ settings: Settings) throws -> String? {
        if let databaseURL = databaseUrl {
            if Self.hasPassword(databaseURL) {
                Terminal.complain(
                    "--database-url holds a password, which everybody on this machine can see in the list of "
                        + "processes; set RELAY_DATABASE_URL or RELAY_DATABASE_URL_FILE instead"
                )
            }
            return databaseURL
        }
        return try settings.secret("database-url") ?? settings.variable("DATABASE_URL")
    }

    /// The URL; throws `CommandError` if there is none.
    func requiredURL(_ settings: Settings) throws -> String {
        guard let url = try url(settings) else {
            throw CommandError.usage(
                "no database is named; set RELAY_DATABASE_URL or DATABASE_URL, or run `relay dev`"
            )
        }
        return url
    }

    /// The URL, else that of the `relay dev` that runs in this folder; throws `CommandError` if there is neither.
    func inspectedURL(_ settings: Settings) throws -> String {
        if let url = try url(settings) { return url }
        let folder = settings.text("directory") ?? DevCommand.defaultDirectory
        if let cluster = ClusterLocation.running(folder) { return cluster.url }
        return try requiredURL(settings)
    }

    /// The schema's name.
    func schemaName(_ settings: Settings) -> String {
        settings.text("schema", schema) ?? "public"
    }

    /// Whether a connection string holds a password.
    static func hasPassword(_ text: String) -> Bool {
        guard let scheme = text.firstRange(of: "://") else {
            return text.contains("password")
        }
        let rest = text[scheme.upperBound...]
        if rest.contains("password=") { return true }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return false }
        return authority[..<at].contains(":")
    }
}
