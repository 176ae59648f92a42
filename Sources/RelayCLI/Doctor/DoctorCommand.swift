internal import ArgumentParser
internal import RelayClient
internal import RelayStore

/// The command `relay doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look whether a database is fit for a gateway, and say what to mend.",
        discussion: """
            Checks the version and settings of Postgres, the schema, the role's privileges, a round trip through \
            LISTEN, and the clock. Changes nothing.

              relay doctor
              relay doctor --json

            Exit status 1 if something is wrong, 4 if Postgres cannot be reached.
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Option(help: "A JSON or YAML file with further options.")
    var config: String?

    @Flag(help: "Print a JSON line for each finding.")
    var json = false

    func run() async throws {
        let settings = try await Settings(file: config)
        let isJSON = try settings.isOn("json", json)
        let schema = try SchemaName(database.schemaName(settings))
        let url = try database.inspectedURL(settings)
        let findings = try await DatabaseSession.with(url, role: "doctor") { session in
            try await Examination(session: session, url: url, schema: schema).findings()
        }
        for finding in findings {
            try Terminal.print(isJSON ? finding.json : finding.line)
        }
        let wrong = findings.count { $0.verdict == .wrong }
        if wrong > 0 {
            throw CommandError(status: .failed, message: "\(wrong) to mend; see above")
        }
    }
}

/// One thing that was looked at.
struct Finding: Sendable, Hashable {
    /// How it is.
    enum Verdict: String, Sendable, Hashable {
        case good = "ok"
        /// It works, but should be known.
        case doubtful = "note"
        case wrong
    }

    var verdict: Verdict
    /// What was looked at.
    var subject: String
    /// What was found, and what to do where it isn't good.
    var text: String

    /// For people.
    var line: String {
        let mark = verdict.rawValue + String(repeating: " ", count: 6 - verdict.rawValue.count)
        return "\(mark)\(subject): \(OneLine.text(text, limit: 400))"
    }

    /// For programs.
    var json: String {
        JSONLine.object([
            ("verdict", JSONLine.string(verdict.rawValue)), ("subject", JSONLine.string(subject)),
            ("text", JSONLine.string(text)),
        ])
    }
}
