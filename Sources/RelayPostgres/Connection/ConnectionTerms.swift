internal import Logging

/// What a connection was made with.
struct ConnectionTerms: Sendable {
    let configuration: PGConfiguration
    let name: String
    let logger: Logger
    let onEvent: @Sendable (PGEvent) -> Void

    /// What a session is set to before anything else is sent on it.
    var setup: PGUnit {
        func milliseconds(_ duration: Duration) -> String {
            let (seconds, attoseconds) = duration.components
            return String(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
        }
        let settings =
            [
                ("search_path", ""),
                ("statement_timeout", milliseconds(configuration.statementTimeout)),
                ("lock_timeout", milliseconds(configuration.lockTimeout)),
                (
                    "idle_in_transaction_session_timeout",
                    milliseconds(configuration.idleInTransactionTimeout)
                ),
                // The forms that results are read in.
                ("DateStyle", "ISO"), ("TimeZone", "UTC"), ("bytea_output", "hex"),
                ("standard_conforming_strings", "on"),
                // Short statements only: compiling one takes longer than it ever would.
                ("jit", "off"),
            ] + configuration.settings.sorted { $0.key < $1.key }
        let calls = settings.indices.map { index in
            "pg_catalog.set_config($\(2 * index + 1), $\(2 * index + 2), false)"
        }
        let set = PGStatement(
            "SELECT " + calls.joined(separator: ", "),
            settings.flatMap { [PGValue.text($0.0), .text($0.1)] },
            isPrepared: false
        )
        let listens = configuration.channels.map { channel in
            let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"")
            return PGStatement("LISTEN \"\(quoted)\"", isPrepared: false)
        }
        return PGUnit([set] + listens, alone: true, deadline: configuration.connectTimeout)
    }
}
