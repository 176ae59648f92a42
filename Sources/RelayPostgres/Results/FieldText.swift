/// Reads the text forms of Postgres's types, as the session's settings make them: ISO dates, UTC, hex bytea.
enum FieldText {
    /// A whole number.
    static func integer(_ bytes: some Collection<UInt8>) -> Int64? {
        var rest = bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        // Counts downwards, since the least number has no positive counterpart.
        var value: Int64 = 0
        for byte in rest {
            guard let digit = digit(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.subtractingReportingOverflow(Int64(digit))
            if overflow || carry { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The bytes of a bytea in hex form, `\x00ff`.
    static func hexBytes(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        let prefix = [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        guard bytes.starts(with: prefix), bytes.count.isMultiple(of: 2) else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count / 2 - 1)
        var high: UInt8?
        for byte in bytes.dropFirst(2) {
            guard let nibble = nibble(byte) else { return nil }
            if let first = high {
                decoded.append(first << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        return decoded
    }

    /// The members of an array of one dimension, `{a,"b, c",NULL}`; nil for more dimensions.
    static func array(_ bytes: some Collection<UInt8>) -> [String?]? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var members: [String?] = []
        var member: [UInt8] = []
        var isQuoted = false
        var inQuotes = false
        var isEscaped = false
        var isClosed = false
        func finish() {
            let text = String(decoding: member, as: UTF8.self)
            members.append(!isQuoted && text == "NULL" ? nil : text)
            member = []
            isQuoted = false
        }
        for byte in bytes.dropFirst() {
            if isClosed { return nil }
            if isEscaped {
                member.append(byte)
                isEscaped = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\\"):
                isEscaped = true
            case UInt8(ascii: "\""):
                isQuoted = true
                inQuotes.toggle()
            case UInt8(ascii: ",") where !inQuotes:
                finish()
            case UInt8(ascii: "}") where !inQuotes:
                if isQuoted || !member.isEmpty || !members.isEmpty { finish() }
                isClosed = true
            case UInt8(ascii: "{") where !inQuotes:
                return nil
            default:
                member.append(byte)
            }
        }
        return isClosed ? members : nil
    }

    static func digit(_ byte: UInt8) -> Int? {
        (48...57).contains(byte) ? Int(byte) - 48 : nil
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 97...102: byte - 87
        case 65...70: byte - 55
        default: nil
        }
    }
}
