/// Text from outside, made fit for logs and messages: bounded, and without control characters.
package struct LogText: Sendable, CustomStringConvertible {
    /// The most characters that are kept.
    package static let maxLength = 64

    package let description: String

    /// Cleans a text.
    package init(_ text: String) {
        var clean = ""
        var length = 0
        for scalar in text.unicodeScalars {
            guard length < Self.maxLength else {
                clean += "…"
                break
            }
            clean += scalar.properties.isPrintable ? String(scalar) : "?"
            length += 1
        }
        description = clean
    }

    /// The text in quotation marks.
    package var quoted: String { "\"\(description)\"" }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        default:
            true
        }
    }
}
