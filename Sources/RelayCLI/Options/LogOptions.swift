internal import ArgumentParser
internal import Logging

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(help: "trace, debug, info, notice, warning, error or critical (default: info).")
    var logLevel: String?

    @Option(help: "text or json (default: text).")
    var logFormat: String?

    /// The logger; throws `CommandError` for a level or format that is none.
    func logger(_ settings: Settings, default level: Logger.Level = .info) throws -> Logger {
        let levelText = settings.text("log-level", logLevel) ?? level.rawValue
        guard let level = Logger.Level(rawValue: levelText.lowercased()) else {
            throw settings.wrong("log-level", levelText, "a level such as info or debug")
        }
        let formatText = settings.text("log-format", logFormat) ?? LogFormat.text.rawValue
        guard let format = LogFormat(rawValue: formatText.lowercased()) else {
            throw settings.wrong("log-format", formatText, "text or json")
        }
        return Logger(label: "relay") { _ in LineLogHandler(format: format, level: level) }
    }
}
