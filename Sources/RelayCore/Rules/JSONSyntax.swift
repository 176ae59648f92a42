/// Checks JSON text before it goes to the database, where one bad text would fail its whole batch.
///
/// Stricter than RFC 8259 where Postgres's `jsonb` is: no U+0000, no lone surrogates, bounded nesting, and no
/// numbers that a double can't hold, since `jsonb` writes `1e300` out in 301 digits.
package struct JSONSyntax {
    /// What kind of value the text holds.
    package enum Kind: Sendable, Hashable {
        case object, array, string, number, boolean, null
    }

    /// What is wrong, and at which byte.
    package struct Violation: Error, Sendable, Hashable, CustomStringConvertible {
        package var reason: String
        package var offset: Int

        package init(reason: String, offset: Int) {
            self.reason = reason
            self.offset = offset
        }

        package var description: String { "\(reason) at byte \(offset)" }
    }

    /// The deepest nesting that is taken.
    package static let maxDepth = 128
    /// How many digits all exponents of one text may add when they are written out.
    package static let maxExponentDigits = 65_536

    private let bytes: [UInt8]
    private var position = 0
    private var exponentDigits = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Checks the whole text and says what it holds.
    package static func check(_ text: String) throws(Violation) -> Kind {
        try check(utf8: Array(text.utf8))
    }

    /// Checks the whole text, given as UTF-8 that is known to be valid.
    package static func check(utf8: [UInt8]) throws(Violation) -> Kind {
        var syntax = JSONSyntax(utf8)
        syntax.skipSpace()
        let kind = try syntax.value(depth: 0)
        syntax.skipSpace()
        guard syntax.position == utf8.count else {
            throw syntax.violation("unexpected text after the value")
        }
        return kind
    }

    private func violation(_ reason: String) -> Violation {
        Violation(reason: reason, offset: position)
    }

    private var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Violation) -> Kind {
        guard depth <= Self.maxDepth else { throw violation("nested too deeply") }
        switch current {
        case UInt8(ascii: "{"):
            try object(depth: depth)
            return .object
        case UInt8(ascii: "["):
            try array(depth: depth)
            return .array
        case UInt8(ascii: "\""):
            try string()
            return .string
        case UInt8(ascii: "t"):
            try word("true")
            return .boolean
        case UInt8(ascii: "f"):
            try word("false")
            return .boolean
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            try number()
            return .number
        case nil:
            throw violation("unexpected end")
        default:
            throw violation("unexpected character")
        }
    }

    private mutating func object(depth: Int) throws(Violation) {
        position += 1
        skipSpace()
        if take("}") { return }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw violation("expected a key") }
            try string()
            skipSpace()
            guard take(":") else { throw violation("expected ':'") }
            skipSpace()
            _ = try value(depth: depth + 1)
            skipSpace()
        } while take(",")
        guard take("}") else { throw violation("expected ',' or '}'") }
    }

    private mutating func array(depth: Int) throws(Violation) {
        position += 1
        skipSpace()
        if take("]") { return }
        repeat {
            skipSpace()
            _ = try value(depth: depth + 1)
            skipSpace()
        } while take(",")
        guard take("]") else { throw violation("expected ',' or ']'") }
    }

    private mutating func word(_ word: StaticString) throws(Violation) {
        for scalar in word.description.utf8 {
            guard current == scalar else { throw violation("unexpected character") }
            position += 1
        }
    }

    private mutating func string() throws(Violation) {
        position += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                try escape()
            case 0..<0x20:
                throw violation("unescaped control character")
            default:
                position += 1
            }
        }
        throw violation("unexpected end of a string")
    }

    private mutating func escape() throws(Violation) {
        position += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try hexUnit()
            switch unit {
            case 0:
                throw violation("\\u0000 cannot be stored")
            case 0xD800..<0xDC00:
                guard take("\\"), take("u"), (0xDC00..<0xE000).contains(try hexUnit()) else {
                    throw violation("lone surrogate")
                }
            case 0xDC00..<0xE000:
                throw violation("lone surrogate")
            default:
                break
            }
        default:
            throw violation("unknown escape")
        }
    }

    private mutating func hexUnit() throws(Violation) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Self.hexDigit(byte) else {
                throw violation("expected four hexadecimal digits")
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private mutating func number() throws(Violation) {
        _ = take("-")
        if !take("0") { _ = try digits() }
        var fraction = 0
        if take(".") { fraction = try digits() }
        guard let mark = current, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else {
            return
        }
        position += 1
        let isSmall = take("-")
        if !isSmall { _ = take("+") }
        let start = position
        let count = try digits()
        var exponent = 0
        for offset in start..<start + min(count, 6) {
            exponent = exponent * 10 + Int(bytes[offset] - UInt8(ascii: "0"))
        }
        // The smallest double is 5e-324; what is smaller still reads as zero, but would be long when written out.
        guard count <= 6, exponent <= (isSmall ? 400 : 308) else {
            throw violation("number out of a double's range")
        }
        exponentDigits += exponent + fraction
        guard exponentDigits <= Self.maxExponentDigits else {
            throw violation("too many large exponents")
        }
    }

    private mutating func digits() throws(Violation) -> Int {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        guard position > start else { throw violation("expected a digit") }
        return position - start
    }
}
