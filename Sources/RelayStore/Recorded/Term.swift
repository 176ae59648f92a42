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
enum BigDecimal {
    /// The bytes of a number, given its digits.
    static func bytes(ofDigits digits: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for digit in digits {
            var carry = UInt32(digit - UInt8(ascii: "0"))
            for index in bytes.indices {
                carry += UInt32(bytes[index]) * 10
                bytes[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            if carry > 0 { bytes.append(UInt8(carry)) }
        }
        return bytes
    }

    /// The digits of a number, given its bytes.
    static func digits(ofBytes bytes: [UInt8]) -> String {
        var number = bytes
        var digits: [UInt8] = []
        while let last = number.last {
            if last == 0 {
                number.removeLast()
                continue
            }
            var rest: UInt32 = 0
            for index in number.indices.reversed() {
                rest = rest << 8 | UInt32(number[index])
                number[index] = UInt8(rest / 10)
                rest %= 10
            }
            digits.append(UInt8(rest) + UInt8(ascii: "0"))
        }
        return digits.isEmpty ? "0" : String(decoding: digits.reversed(), as: UTF8.self)
    }
}
