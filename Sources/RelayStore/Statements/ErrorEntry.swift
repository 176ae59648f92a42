import RelayCore

/// An element of `errors`, in the form that Oban's nodes and dashboards read, with our own keys beside it.
enum ErrorEntry {
    /// The keys that an exception adds to `attempt` and `at`, as JSON text.
    static func json(_ exception: JobException) -> String {
        let text =
            "** (\(exception.kind)) \(exception.message)"
            + (exception.stacktrace.isEmpty ? "" : "\n\(exception.stacktrace)")
        return
            "{\"error\":\(JSONWriter.quoted(text)),\"kind\":\(JSONWriter.quoted(exception.kind)),"
            + "\"message\":\(JSONWriter.quoted(exception.message)),"
            + "\"stacktrace\":\(JSONWriter.quoted(exception.stacktrace))}"
    }

    /// The exception as it will be read again: U+0000 cannot be stored.
    static func stored(_ exception: JobException) -> JobException {
        func clean(_ text: String) -> String {
            text.utf8.contains(0)
                ? text.split(separator: "\0", omittingEmptySubsequences: false).joined(
                    separator: "\u{FFFD}"
                ) : text
        }
        return JobException(
            kind: clean(exception.kind),
            message: clean(exception.message),
            stacktrace: clean(exception.stacktrace)
        )
    }

    /// Reads what others wrote: Elixir's `** (Module) message` with a stack below, Python's traceback with the
    /// exception on its last line, or a bare reason.
    static func read(_ text: String) -> JobException {
        if text.hasPrefix("** ("), let close = text.firstIndex(of: ")") {
            let kind = text[text.index(text.startIndex, offsetBy: 4)..<close]
            let rest = text[text.index(after: close)...]
            let lines = rest.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return JobException(
                kind: String(kind),
                message: String(lines.first?.drop { $0 == " " } ?? ""),
                stacktrace: lines.count > 1 ? String(lines[1]) : ""
            )
        }
        if text.hasPrefix("Traceback ") {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            // It begins behind the last line of the stack, and its message may have several lines.
            let start = lines.lastIndex { $0.hasPrefix("  ") }.map { $0 + 1 } ?? 0
            let last = lines[min(start, lines.count)...].joined(separator: "\n")
            let parts = last.split(separator: ":", maxSplits: 1)
            let kind =
                parts.first.map { $0.split(separator: ".").last.map(String.init) ?? String($0) }
                ?? ""
            return JobException(
                kind: kind,
                message: parts.count > 1
                    ? String(parts[1].drop { $0 == " " }.reversed().drop { $0 == "\n" }.reversed())
                    : "",
                stacktrace: text
            )
        }
        return JobException(kind: "", message: text)
    }

    /// `attempt` and `at` of an entry for a jobs row called `j`, as SQL.
    static let head = """
        jsonb_build_object('attempt', j.attempt,
            'at', to_char(timezone('UTC', now()), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        """
}
