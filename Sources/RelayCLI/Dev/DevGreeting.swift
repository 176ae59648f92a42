internal import RelayGateway

/// What `relay dev` says once it is ready.
enum DevGreeting {
    /// The lines.
    ///
    /// - Parameters:
    ///   - program: How the program was called.
    ///   - plan: What is served.
    ///   - postgres: How to look at the database, and where its data is; nil for a server of somebody else's.
    /// - Returns: The text, without an end of line.
    static func text(program: String, plan: ServePlan, postgres: ClusterLocation?) -> String {
        let address = plan.listen.first?.description ?? ""
        let isDefault = address == ConnectionOptions.defaultAddress
        let relay = program
        let queue =
            plan.queues["default"] != nil
            ? "" : plan.queues.keys.sorted().first.map { " --queue \($0)" } ?? ""
        var lines = ["relay is ready on \(address)"]
        if let http = plan.http { lines.append("  health    http://\(http)/readyz") }
        if let postgres {
            lines.append("  postgres  psql '\(postgres.url)'")
            lines.append("  data      \(postgres.data)")
        }
        lines += [
            "",
            "Try, in another terminal:",
            "",
        ]
        if !isDefault { lines.append("  export RELAY_ADDRESS=\(address)") }
        lines += [
            "  \(relay) call Echo '{\"id\":123}'\(queue)",
            "  handle=$(\(relay) async Sleep '{\"ms\":3000}'\(queue))",
            "  \(relay) await \"$handle\"",
            "  \(relay) queues",
            "",
            "A worker of your own, in any language:",
            "",
            "  \(relay) work --queue shout:4 -- sh -c 'tr a-z A-Z'",
            "  \(relay) call Shout '{\"say\":\"it works\"}' --queue shout",
            "",
            "From Python (pip install ./clients/python):",
            "",
            "  import asyncio, relay_client",
            "  async def main():",
            "      async with relay_client.connect(\"\(address)\") as relay:",
            "          print(await relay.call(\"Echo\", {\"hello\": \"world\"}))",
            "  asyncio.run(main())",
            "",
            "Ctrl-C stops everything; the data stays.",
        ]
        return lines.joined(separator: "\n")
    }
}
