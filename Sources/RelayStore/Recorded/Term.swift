/// The tags of Erlang's external term format.
///
/// Source: https://www.erlang.org/doc/apps/erts/erl_ext_dist.html
enum Term {
    static let version: UInt8 = 131
    static let compressed: UInt8 = 80
    static let float: UInt8 = 70
    static let oldFloat: UInt8 = 99
    static let smallInteger: UInt8 = 97
    static let integer: UInt8 = 98
    static let smallBig: UInt8 = 110
    static let largeBig: UInt8 = 111
    static let atom: UInt8 = 100
    static let smallAtom: UInt8 = 115
    static let atomUTF8: UInt8 = 118
    static let smallAtomUTF8: UInt8 = 119
    static let smallTuple: UInt8 = 104
    static let largeTuple: UInt8 = 105
    static let emptyList: UInt8 = 106
    static let string: UInt8 = 107
    static let list: UInt8 = 108
    static let binary: UInt8 = 109
    static let map: UInt8 = 116
}

/// Integers beyond 64 bits, between decimal digits and little-endian bytes.
///
/// Nine digits and four bytes at a time: the time is quadratic, so that counts.
enum BigDecimal {
    private static let chunkDigits = 9
    private static let chunk: UInt64 = 1_000_000_000

    /// The bytes of a number, given its digits.
    static func bytes(ofDigits digits: some Collection<UInt8>) -> [UInt8] {
        var limbs: [UInt32] = []
        var rest = digits[...]
        // The first chunk takes what the others, which are whole, leave.
        var count = digits.count % chunkDigits
        if count == 0 { count = chunkDigits }
        while !rest.isEmpty {
            var carry = rest.prefix(count).reduce(UInt64(0)) {
                $0 * 10 + UInt64($1 - UInt8(ascii: "0"))
            }
            for index in limbs.indices {
                carry += UInt64(limbs[index]) * chunk
                limbs[index] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            if carry > 0 { limbs.append(UInt32(truncatingIfNeeded: carry)) }
            rest = rest.dropFirst(count)
            count = chunkDigits
        }
        var bytes = limbs.flatMap { limb in
            (0..<4).map { UInt8(truncatingIfNeeded: limb >> UInt32(8 * $0)) }
        }
        while bytes.last == 0 { bytes.removeLast() }
        return bytes
    }

    /// The digits of a number, given its bytes.
    static func digits(ofBytes bytes: [UInt8]) -> String {
        var limbs = stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<min(start + 4, bytes.count)].reversed().reduce(UInt32(0)) {
                $0 << 8 | UInt32($1)
            }
        }
        var chunks: [UInt32] = []
        while let last = limbs.last {
            if last == 0 {
                limbs.removeLast()
                continue
            }
            var rest: UInt64 = 0
            for index in limbs.indices.reversed() {
                rest = rest << 32 | UInt64(limbs[index])
                limbs[index] = UInt32(truncatingIfNeeded: rest / chunk)
                rest %= chunk
            }
            chunks.append(UInt32(truncatingIfNeeded: rest))
        }
        guard let first = chunks.popLast() else { return "0" }
        return chunks.reversed().reduce(into: "\(first)") { digits, chunk in
            let text = "\(chunk)"
            digits += String(repeating: "0", count: chunkDigits - text.count) + text
        }
    }
}
