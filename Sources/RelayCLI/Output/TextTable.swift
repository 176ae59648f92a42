/// A table for people: columns as wide as they need, numbers to the right.
struct TextTable: Sendable {
    /// A column's name, and whether it holds numbers.
    struct Column: Sendable {
        var name: String
        var isNumber = false
    }

    /// The most characters of a field.
    static let maxWidth = 60

    var columns: [Column]
    var rows: [[String]] = []

    /// Makes an empty table.
    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// The lines, the names first.
    var lines: [String] {
        let all = [columns.map { $0.name.uppercased() }] + rows.map { $0.map(Self.field) }
        let widths = columns.indices.map { index in all.map { $0[index].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (index, field) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - field.count)
                if index > 0 { line += "  " }
                line += columns[index].isNumber ? padding + field : field + padding
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func field(_ text: String) -> String {
        OneLine.text(text, limit: maxWidth)
    }
}
