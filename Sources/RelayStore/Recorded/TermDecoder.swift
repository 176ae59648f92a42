/// Erlang's external term format as JSON text: atoms are strings (but `nil`, `true`, `false`), tuples arrays, charlists
/// stay lists of integers, structs keep `__struct__` as a key.
///
/// Everything has a bound.
///
/// Source: https://www.erlang.org/doc/apps/erts/erl_ext_dist.html
struct TermDecoder {
    /// Why a term is not readable; safe to show.
    struct Undecodable: Error { var reason: String }

    /// The deepest nesting.
    static let maxDepth = 128
    /// The most bytes of an integer: turning them into digits takes quadratic time.
    static let maxIntegerBytes = 2_048

    /// What a term is at its top.
    enum Value {
        case json(String)
        /// A binary that is not UTF-8.
        case data([UInt8])
    }

    private let bytes: [UInt8]
    private var position: Int
    private var out: [UInt8] = []

    private init(_ bytes: [UInt8], from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// Reads one whole term, without the version byte.
    static func decode(_ bytes: [UInt8], from start: Int) throws(Undecodable) -> Value {
        var decoder = TermDecoder(bytes, from: start)
        if start < bytes.count, bytes[start] == Term.binary {
            decoder.position += 1
            let content = try decoder.take(Int(try decoder.big(UInt32.self)))
            try decoder.expectEnd()
            guard String(validating: content, as: UTF8.self) != nil else {
                return .data(Array(content))
            }
            JSONWriter.appendQuoted(content, to: &decoder.out)
            return .json(String(decoding: decoder.out, as: UTF8.self))
        }
        try decoder.term(depth: 0)
        try decoder.expectEnd()
        return .json(String(decoding: decoder.out, as: UTF8.self))
    }

    /// Reads one whole term that must be a binary.
    static func decodeBinary(_ bytes: [UInt8], from start: Int) throws(Undecodable) -> [UInt8] {
        var decoder = TermDecoder(bytes, from: start)
        guard try decoder.byte() == Term.binary else {
            throw Undecodable(reason: "the recorded bytes are no binary")
        }
        let content = try decoder.take(Int(try decoder.big(UInt32.self)))
        try decoder.expectEnd()
        return Array(content)
    }

    private func expectEnd() throws(Undecodable) {
        guard position == bytes.count else {
            throw Undecodable(reason: "the recorded term has trailing bytes")
        }
    }

    private mutating func byte() throws(Undecodable) -> UInt8 {
        guard position < bytes.count else {
            throw Undecodable(reason: "the recorded term ends early")
        }
        position += 1
        return bytes[position - 1]
    }

    private mutating func take(_ count: Int) throws(Undecodable) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else {
            throw Undecodable(reason: "the recorded term ends early")
        }
        position += count
        return bytes[position - count..<position]
    }

    private mutating func big<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws(Undecodable) -> Number {
        try take(Number.bitWidth / 8).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    private mutating func term(depth: Int) throws(Undecodable) {
        guard depth <= Self.maxDepth else {
            throw Undecodable(reason: "the recorded term is nested too deeply")
        }
        let tag = try byte()
        switch tag {
        case Term.smallInteger: write("\(try byte())")
        case Term.integer: write("\(try big(Int32.self))")
        case Term.smallBig: try bigInteger(Int(try byte()))
        case Term.largeBig: try bigInteger(Int(try big(UInt32.self)))
        case Term.float: try float(Double(bitPattern: try big(UInt64.self)))
        case Term.oldFloat: try oldFloat()
        case Term.atom, Term.atomUTF8, Term.smallAtom, Term.smallAtomUTF8:
            try atom(try atomName(tag))
        case Term.binary: try text(try take(Int(try big(UInt32.self))))
        case Term.smallTuple: try sequence(Int(try byte()), depth: depth)
        case Term.largeTuple: try sequence(Int(try big(UInt32.self)), depth: depth)
        case Term.emptyList: write("[]")
        case Term.string: charlist(try take(Int(try big(UInt16.self))))
        case Term.list:
            try sequence(Int(try big(UInt32.self)), depth: depth)
            guard try byte() == Term.emptyList else {
                throw Undecodable(reason: "the recorded term holds an improper list")
            }
        case Term.map: try map(Int(try big(UInt32.self)), depth: depth)
        default:
            throw Undecodable(
                reason: "the recorded term holds a value that has no JSON (tag \(tag))"
            )
        }
    }

    private mutating func write(_ text: String) { out += text.utf8 }

    private mutating func bigInteger(_ count: Int) throws(Undecodable) {
        guard count <= Self.maxIntegerBytes else {
            throw Undecodable(reason: "the recorded term holds too large an integer")
        }
        let isNegative = try byte() != 0
        let digits = BigDecimal.digits(ofBytes: Array(try take(count)))
        write(isNegative && digits != "0" ? "-" + digits : digits)
    }

    private mutating func float(_ value: Double) throws(Undecodable) {
        guard value.isFinite else {
            throw Undecodable(reason: "the recorded term holds a float that is no number")
        }
        write("\(value)")
    }

    private mutating func oldFloat() throws(Undecodable) {
        let text = String(decoding: try take(31).prefix { $0 != 0 }, as: UTF8.self)
        guard let value = Double(text) else {
            throw Undecodable(reason: "the recorded term holds a broken float")
        }
        try float(value)
    }

    /// The name of an atom, in UTF-8 whatever its tag.
    private mutating func atomName(_ tag: UInt8) throws(Undecodable) -> ArraySlice<UInt8> {
        let isShort = tag == Term.smallAtom || tag == Term.smallAtomUTF8
        let count = isShort ? Int(try byte()) : Int(try big(UInt16.self))
        let name = try take(count)
        // The old tags are Latin-1, whose characters are Unicode's first.
        guard tag == Term.atom || tag == Term.smallAtom, name.contains(where: { $0 > 0x7F }) else {
            return name
        }
        return String(String.UnicodeScalarView(name.map { Unicode.Scalar($0) })).utf8.map { $0 }[
            ...
        ]
    }

    private mutating func atom(_ name: ArraySlice<UInt8>) throws(Undecodable) {
        switch String(decoding: name, as: UTF8.self) {
        case "nil": write("null")
        case "true": write("true")
        case "false": write("false")
        default: try text(name)
        }
    }

    private mutating func text(_ bytes: ArraySlice<UInt8>) throws(Undecodable) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Undecodable(reason: "the recorded term holds bytes that are no text")
        }
        JSONWriter.appendQuoted(bytes, to: &out)
    }

    private mutating func charlist(_ bytes: ArraySlice<UInt8>) {
        write("[" + bytes.map { "\($0)" }.joined(separator: ",") + "]")
    }

    private mutating func sequence(_ count: Int, depth: Int) throws(Undecodable) {
        // Each member takes a byte at least, so a count cannot announce more than is there.
        guard count <= bytes.count - position else {
            throw Undecodable(reason: "the recorded term ends early")
        }
        write("[")
        for index in 0..<count {
            if index > 0 { write(",") }
            try term(depth: depth + 1)
        }
        write("]")
    }

    private mutating func map(_ count: Int, depth: Int) throws(Undecodable) {
        guard count <= (bytes.count - position) / 2 else {
            throw Undecodable(reason: "the recorded term ends early")
        }
        write("{")
        for index in 0..<count {
            if index > 0 { write(",") }
            try key()
            write(":")
            try term(depth: depth + 1)
        }
        write("}")
    }

    private mutating func key() throws(Undecodable) {
        let tag = try byte()
        switch tag {
        case Term.binary: try text(try take(Int(try big(UInt32.self))))
        case Term.atom, Term.atomUTF8, Term.smallAtom, Term.smallAtomUTF8:
            try text(try atomName(tag))
        case Term.smallInteger: write("\"\(try byte())\"")
        case Term.integer: write("\"\(try big(Int32.self))\"")
        case Term.smallBig:
            write("\"")
            try bigInteger(Int(try byte()))
            write("\"")
        default:
            throw Undecodable(reason: "the recorded term holds a map with keys that are no text")
        }
    }
}
