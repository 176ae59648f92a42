internal import RelayClient

/// Relays as arguments.
enum RelayArguments {
    /// The most relays of one await, as a gateway allows.
    static let limit = Limits().maxAwaitedRelays

    /// Reads relays; `-` reads more from stdin, one a line.
    ///
    /// - Throws: `CommandError` that names the first that is none.
    static func read(_ arguments: [String]) throws -> [RelayHandle] {
        var texts: [String] = []
        for argument in arguments {
            if argument == "-" {
                texts += try Terminal.readAll(limit: 32 * 1024 * 1024)
                    .split(whereSeparator: \.isWhitespace)
                    .map(String.init)
            } else {
                texts.append(argument)
            }
        }
        guard !texts.isEmpty else { throw CommandError.usage("no relay was given") }
        guard texts.count <= limit else {
            throw CommandError.usage("\(texts.count) relays are over the limit of \(limit)")
        }
        return try texts.map(handle)
    }

    private static func handle(_ text: String) throws -> RelayHandle {
        guard let relay = RelayHandle(text: text) else {
            let shown = OneLine.text(text, limit: 20)
            throw CommandError.usage(
                "'\(shown)' is no relay; give what `relay async` printed: [INSTANCE/]JOB_ID/REF"
            )
        }
        return relay
    }
}
