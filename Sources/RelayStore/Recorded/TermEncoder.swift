import RelayCore

/// JSON text as Erlang's external term format: null is `nil`, strings and keys are binaries, arrays are lists, objects
/// are maps.
///
/// The text must have passed `JSONSyntax`.
///
/// Source: https://www.erlang.org/doc/apps/erts/erl_ext_dist.html
struct TermEncoder {
    /// Why a value has no term.
    struct Unencodable: Error { var reason: String }

    /// The most digits of an integer: turning them into bytes takes quadratic time.
    static let maxIntegerDigits = 4_096

    private let text: [UInt8]
    private var position = 0
    private var out: [UInt8] = []

    private init(_ text: [UInt8]) {
        self.text = text
        out.reserveCapacity(text.count + 16)
    }

    /// The term, without the version byte.
    static func encode(json: String) throws(Unencodable) -> [UInt8] {
        var encoder = TermEncoder(Array(json.utf8))
        try encoder.value()
        return encoder.out
    }

    /// A binary term, without the version byte.
    static func encode(bytes: [UInt8]) -> [UInt8] {
        var encoder = TermEncoder([])
        encoder.binary(bytes)
        return encoder.out
    }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x0A, 0x0D, 0x09].contains(text[position]) {
            position += 1
        }
    }

    private func peek() throws(Unencodable) -> UInt8 {
        guard position < text.count else { throw Unencodable(reason: "the JSON ends early") }
        return text[position]
    }

    private mutating func value() throws(Unencodable) {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): binary(try string())
        case UInt8(ascii: "t"): word("true", atom: "true")
        case UInt8(ascii: "f"): word("false", atom: "false")
        case UInt8(ascii: "n"): word("null", atom: "nil")
        default: try number()
        }
    }

    private mutating func word(_ word: String, atom: String) {
        position += word.utf8.count
        // ATOM_EXT is the one form that every reader knows, erlpack too.
        out.append(Term.atom)
        big(UInt16(atom.utf8.count))
        out += atom.utf8
    }

    private mutating func big(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            out.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private mutating func binary(_ bytes: some Collection<UInt8>) {
        out.append(Term.binary)
        big(UInt32(bytes.count))
        out += bytes
    }

    private mutating func array() throws(Unencodable) {
        position += 1
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            out.append(Term.emptyList)
            return
        }
        let start = beginCounted(Term.list)
        var count: UInt32 = 0
        repeat {
            try value()
            count += 1
            skipSpace()
            position += 1
        } while text[position - 1] == UInt8(ascii: ",") && position < text.count
        setCount(count, at: start)
        out.append(Term.emptyList)
    }

    private mutating func object() throws(Unencodable) {
        position += 1
        skipSpace()
        let start = beginCounted(Term.map)
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        // A map cannot hold a key twice; as in jsonb, the last one wins.
        var places: [[UInt8]: Range<Int>] = [:]
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            position += 1
            let begin = out.count
            binary(key)
            try value()
            if let old = places[key] {
                out.replaceSubrange(old, with: [])
                let shift = old.count
                for (other, place) in places where place.lowerBound >= old.upperBound {
                    places[other] = place.lowerBound - shift..<place.upperBound - shift
                }
                places[key] = begin - shift..<out.count
            } else {
                places[key] = begin..<out.count
            }
            skipSpace()
            position += 1
        } while text[position - 1] == UInt8(ascii: ",") && position < text.count
        setCount(UInt32(places.count), at: start)
    }

    private mutating func beginCounted(_ tag: UInt8) -> Int {
        out.append(tag)
        big(UInt32(0))
        return out.count - 4
    }

    private mutating func setCount(_ count: UInt32, at offset: Int) {
        for index in 0..<4 {
            out[offset + index] = UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * index))
        }
    }

    private mutating func string() throws(Unencodable) -> [UInt8] {
        position += 1
        var bytes: [UInt8] = []
        while true {
            let byte = try peek()
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return bytes
            case UInt8(ascii: "\\"): try escape(into: &bytes)
            default: bytes.append(byte)
            }
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Unencodable) {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexUnit()
            if (0xD800..<0xDC00).contains(code) {
                position += 2
                code = 0x10000 + (code - 0xD800) << 10 + (try hexUnit() - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw Unencodable(reason: "a lone surrogate")
            }
            bytes += Array(String(Character(scalar)).utf8)
        default: bytes.append(byte)
        }
    }

    private mutating func hexUnit() throws(Unencodable) -> UInt32 {
        guard position + 4 <= text.count,
            let unit = UInt32(
                String(decoding: text[position..<position + 4], as: UTF8.self),
                radix: 16
            )
        else { throw Unencodable(reason: "a broken escape") }
        position += 4
        return unit
    }

    private mutating func number() throws(Unencodable) {
        let start = position
        var isFloat = false
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                isFloat = true
            } else if !(0x30...0x39).contains(byte), byte != UInt8(ascii: "-"),
                byte != UInt8(ascii: "+")
            {
                break
            }
            position += 1
        }
        guard position > start else { throw Unencodable(reason: "no JSON") }
        let literal = text[start..<position]
        if isFloat {
            guard let value = Double(String(decoding: literal, as: UTF8.self)), value.isFinite
            else {
                throw Unencodable(reason: "a number out of a double's range")
            }
            out.append(Term.float)
            big(value.bitPattern)
        } else {
            try integer(literal)
        }
    }

    private mutating func integer(_ literal: ArraySlice<UInt8>) throws(Unencodable) {
        if let small = Int64(String(decoding: literal, as: UTF8.self)) {
            if let byte = UInt8(exactly: small) {
                out += [Term.smallInteger, byte]
                return
            }
            if let word = Int32(exactly: small) {
                out.append(Term.integer)
                big(word)
                return
            }
        }
        guard literal.count <= Self.maxIntegerDigits else {
            throw Unencodable(reason: "an integer with too many digits")
        }
        let isNegative = literal.first == UInt8(ascii: "-")
        let magnitude = BigDecimal.bytes(ofDigits: isNegative ? literal.dropFirst() : literal)
        if magnitude.count < 256 {
            out += [Term.smallBig, UInt8(magnitude.count), isNegative ? 1 : 0]
        } else {
            out.append(Term.largeBig)
            big(UInt32(magnitude.count))
            out.append(isNegative ? 1 : 0)
        }
        out += magnitude
    }
}
