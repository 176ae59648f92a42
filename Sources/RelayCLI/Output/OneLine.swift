/// Text that stays on its line, whatever others wrote into it.
enum OneLine {
    /// The most characters of somebody else's text in a line.
    static let limit = 2_000

    /// Replaces what would break the line or drive a terminal, and cuts what is too long.
    static func text(_ text: String, limit: Int = OneLine.limit) -> String {
        var line = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return line + "…" }
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line.unicodeScalars.append(isControl ? " " : scalar)
            count += 1
        }
        return line
    }
}
