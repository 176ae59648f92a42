/// Durations as people write them: `250ms`, `5s`, `1m30s`, `2h`, `1d`, `0`.
enum DurationText {
    /// What to write, for error messages.
    static let form = "a duration such as 250ms, 5s, 1m30s, 2h or 1d"

    /// Reads a duration; nil if the text is none, or more than 100 years.
    static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = text[...]
        var total = 0.0
        var isFirst = true
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(number), let seconds = seconds(unit) else { return nil }
            total += value * seconds
            isFirst = false
        }
        guard !isFirst, total.isFinite, total <= maxSeconds else { return nil }
        return .microseconds(Int64((total * 1_000_000).rounded()))
    }

    /// Writes a duration shortly, such as `1m30s`.
    static func text(_ duration: Duration) -> String {
        let milliseconds =
            duration.components.seconds * 1_000
            + duration.components.attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0s" }
        if milliseconds < 1_000 { return "\(milliseconds)ms" }
        var seconds = milliseconds / 1_000
        var text = ""
        for (name, length) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60)]
        where seconds >= length {
            text += "\(seconds / length)\(name)"
            seconds %= length
        }
        return seconds > 0 || text.isEmpty ? text + "\(seconds)s" : text
    }

    private static let maxSeconds = 100.0 * 366 * 86_400

    private static func seconds(_ unit: Substring) -> Double? {
        switch unit {
        case "us": 0.000_001
        case "ms": 0.001
        case "s": 1
        case "m": 60
        case "h": 3_600
        case "d": 86_400
        default: nil
        }
    }
}
