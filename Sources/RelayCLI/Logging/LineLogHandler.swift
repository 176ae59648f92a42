internal import FoundationEssentials
internal import Logging
internal import SystemPackage

/// How a line of the log looks.
enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-01-31T12:00:00.000Z info  message key=value`
    case text
    /// One object a line: time, level, message, and the metadata as members.
    case json

    /// The line of an event, without its end.
    func line(
        time: String,
        level: Logger.Level,
        message: String,
        metadata: [(key: String, value: String)]
    ) -> String {
        switch self {
        case .text:
            let padding = String(repeating: " ", count: max(0, 8 - level.rawValue.count))
            var line = "\(time) \(level.rawValue)\(padding) \(OneLine.text(message))"
            for (key, value) in metadata {
                line += " \(key)=\(Self.needsQuotes(value) ? JSONLine.string(value) : value)"
            }
            return line
        case .json:
            var members = [
                ("time", JSONLine.string(time)), ("level", JSONLine.string(level.rawValue)),
                ("message", JSONLine.string(message)),
            ]
            members += metadata.map { ($0.key, JSONLine.string($0.value)) }
            return JSONLine.object(members)
        }
    }

    private static func needsQuotes(_ value: String) -> Bool {
        value.isEmpty
            || value.unicodeScalars.contains { $0.value <= 0x20 || $0 == "\"" || $0.value == 0x7F }
    }
}

/// Writes log events to stderr, a line each.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level
    private let format: LogFormat

    init(format: LogFormat, level: Logger.Level) {
        self.format = format
        self.logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        all.merge(metadataProvider?.get() ?? [:]) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        let pairs = all.sorted { $0.key < $1.key }.map { (key: $0.key, value: "\($0.value)") }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let line = format.line(
            time: Date.now.formatted(style),
            level: event.level,
            message: event.message.description,
            metadata: pairs
        )
        _ = try? FileDescriptor.standardError.writeAll(Array("\(line)\n".utf8))
    }
}
