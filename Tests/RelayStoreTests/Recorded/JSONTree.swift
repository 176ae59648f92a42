import FoundationEssentials

/// JSON by value: integers to the last digit, floats as doubles with the sign of zero, objects in any order.
enum JSONTree: Hashable {
    case word(String)
    case integer(String)
    case float(UInt64)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])

    struct Malformed: Error {}

    init(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        self = try Self.value(&bytes)
        Self.skipBlanks(&bytes)
        guard bytes.isEmpty else { throw Malformed() }
    }

    private static func value(_ bytes: inout ArraySlice<UInt8>) throws -> JSONTree {
        skipBlanks(&bytes)
        switch bytes.first {
        case UInt8(ascii: "\""):
            return .text(try string(&bytes))
        case UInt8(ascii: "["):
            return .list(try members(&bytes, until: UInt8(ascii: "]")) { try value(&$0) })
        case UInt8(ascii: "{"):
            let pairs = try members(&bytes, until: UInt8(ascii: "}")) { bytes in
                skipBlanks(&bytes)
                let key = try string(&bytes)
                skipBlanks(&bytes)
                guard bytes.popFirst() == UInt8(ascii: ":") else { throw Malformed() }
                return (key, try value(&bytes))
            }
            return .object(Dictionary(pairs) { $1 })
        default:
            let word = String(decoding: take(&bytes) { !",]} \n".utf8.contains($0) }, as: UTF8.self)
            if ["null", "true", "false"].contains(word) { return .word(word) }
            if word.contains(where: { ".eE".contains($0) }), let number = Double(word) {
                return .float(number.bitPattern)
            }
            return .integer(word)
        }
    }

    private static func members<Member>(
        _ bytes: inout ArraySlice<UInt8>,
        until end: UInt8,
        _ member: (inout ArraySlice<UInt8>) throws -> Member
    ) throws -> [Member] {
        bytes = bytes.dropFirst()
        var members: [Member] = []
        skipBlanks(&bytes)
        if bytes.first == end {
            bytes = bytes.dropFirst()
            return members
        }
        while true {
            members.append(try member(&bytes))
            skipBlanks(&bytes)
            switch bytes.popFirst() {
            case UInt8(ascii: ","): continue
            case end: return members
            default: throw Malformed()
            }
        }
    }

    private static func string(_ bytes: inout ArraySlice<UInt8>) throws -> String {
        guard bytes.first == UInt8(ascii: "\"") else { throw Malformed() }
        var isEscaped = false
        var end = bytes.startIndex + 1
        while end < bytes.endIndex, isEscaped || bytes[end] != UInt8(ascii: "\"") {
            isEscaped = !isEscaped && bytes[end] == UInt8(ascii: "\\")
            end += 1
        }
        guard end < bytes.endIndex else { throw Malformed() }
        let literal = bytes[bytes.startIndex...end]
        bytes = bytes[(end + 1)...]
        return try JSONDecoder().decode(String.self, from: Data(literal))
    }

    private static func skipBlanks(_ bytes: inout ArraySlice<UInt8>) {
        _ = take(&bytes) { " \n\t\r".utf8.contains($0) }
    }

    private static func take(
        _ bytes: inout ArraySlice<UInt8>,
        while condition: (UInt8) -> Bool
    ) -> ArraySlice<UInt8> {
        let taken = bytes.prefix(while: condition)
        bytes = bytes.dropFirst(taken.count)
        return taken
    }
}
