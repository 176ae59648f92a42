/// Whether a range of bytes is UTF-8 (RFC 3629: no surrogates, nothing overlong) without U+0000.
func isText(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    var at = start
    while at < end {
        at = plainTextEnd(bytes, from: at, to: end)
        guard at < end else { return true }
        let length = scalarLength(bytes, at: at, end: end)
        if length == 0 { return false }
        at += length
    }
    return true
}

/// Moves past eight bytes at a time as long as all of them are plain.
@inline(__always)
private func plainTextEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
    var at = start
    while end - at >= 8 {
        guard isPlain(bytes, at: at) else { return at }
        at += 8
    }
    // What is left is looked at together with bytes that are known already.
    return end - start >= 8 && isPlain(bytes, at: end - 8) ? end : at
}

/// Whether the eight bytes at an offset are ASCII and none is zero.
@inline(__always)
private func isPlain(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let zeros = (word &- 0x0101_0101_0101_0101) & ~word
    return (word | zeros) & 0x8080_8080_8080_8080 == 0
}

/// The bytes of the scalar at an offset; 0 where there is none.
@inline(__always)
private func scalarLength(_ bytes: Span<UInt8>, at: Int, end: Int) -> Int {
    let first = bytes[at]
    if first < 0x80 { return first == 0 ? 0 : 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard end - at >= length, second.contains(bytes[at + 1]) else { return 0 }
    for offset in 2..<max(length, 2) where bytes[at + offset] & 0xC0 != 0x80 { return 0 }
    return length
}
