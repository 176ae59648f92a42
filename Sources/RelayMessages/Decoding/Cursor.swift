/// A place in the bytes of a message, moved by reading.
///
/// The bytes are passed to each reading, for a span cannot be stored; every access is
/// bounds-checked.
struct Cursor {
    /// The tag of a field.
    struct Tag {
        let number: Int
        let wireType: UInt8
    }

    /// The offset of the next byte.
    var at = 0

    /// Reads a number of at most ten bytes that fits 64 bits.
    @inline(__always)
    mutating func varint(_ bytes: Span<UInt8>, end: Int) throws(DecodeError.Code) -> UInt64 {
        guard at < end else { throw .malformed }
        let first = bytes[at]
        at += 1
        if first < 0x80 { return UInt64(first) }
        return try longVarint(bytes, end: end, first: first)
    }

    private mutating func longVarint(
        _ bytes: Span<UInt8>,
        end: Int,
        first: UInt8
    ) throws(DecodeError.Code) -> UInt64 {
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while at < end {
            let byte = bytes[at]
            at += 1
            if shift == 63, byte > 1 { throw .malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .malformed
    }

    /// Reads a tag of at most five bytes; groups, which protobuf gave up, are refused.
    @inline(__always)
    mutating func tag(_ bytes: Span<UInt8>, end: Int) throws(DecodeError.Code) -> Tag {
        let start = at
        let value = try varint(bytes, end: end)
        guard value <= UInt32.max, at - start <= 5, value >= 8 else { throw .malformed }
        return Tag(number: Int(value >> 3), wireType: UInt8(value & 7))
    }

    /// Reads the length of what follows, of at most five bytes, and returns where that ends.
    @inline(__always)
    mutating func lengthEnd(_ bytes: Span<UInt8>, end: Int) throws(DecodeError.Code) -> Int {
        let start = at
        let length = try varint(bytes, end: end)
        guard length <= UInt64(end - at), at - start <= 5 else { throw .malformed }
        return at + Int(length)
    }

    /// Moves past a value of any wire type but groups.
    mutating func skip(
        _ bytes: Span<UInt8>,
        wireType: UInt8,
        end: Int
    ) throws(DecodeError.Code) {
        switch wireType {
        case 0: _ = try varint(bytes, end: end)
        case 1: try skip(8, end: end)
        case 2: at = try lengthEnd(bytes, end: end)
        case 5: try skip(4, end: end)
        default: throw .malformed
        }
    }

    private mutating func skip(_ count: Int, end: Int) throws(DecodeError.Code) {
        guard end - at >= count else { throw .malformed }
        at += count
    }
}
