/// The way to a field, such as `async_request.jobs[3].queue`, told from bytes that were refused.
///
/// Only errors need it, so the pre-scan keeps no counts for it: the bytes before the field are
/// read again.
struct FieldPath {
    /// The names so far, between dots.
    private(set) var text = ""

    /// Appends the field whose tag a level stopped at; a tag that cannot be read adds nothing.
    mutating func append(_ level: PreScan.Level, _ bytes: Span<UInt8>) {
        var target = Cursor(at: level.tag)
        guard let tag = try? target.tag(bytes, end: level.end) else { return }
        let name = Schema.name(of: tag.number, in: level.message) ?? "field \(tag.number)"
        if !text.isEmpty { text += "." }
        text += name
        if Schema.rule(of: tag.number, in: level.message).isRepeated {
            text += "[\(Self.count(of: tag.number, in: level, bytes))]"
        }
    }

    /// How often a field occurs in a level before its tag.
    private static func count(of number: Int, in level: PreScan.Level, _ bytes: Span<UInt8>) -> Int
    {
        var count = 0
        var cursor = Cursor(at: level.start)
        while cursor.at < level.tag, let tag = try? cursor.tag(bytes, end: level.end) {
            if tag.number == number { count += 1 }
            guard (try? cursor.skip(bytes, wireType: tag.wireType, end: level.end)) != nil else {
                break
            }
        }
        return count
    }

    /// The call of a frame; nil for another message, and where none stands before the offset.
    static func callID(
        _ root: PreScan.Level,
        before offset: Int,
        _ bytes: Span<UInt8>
    ) -> UInt64? {
        guard root.message == .clientFrame || root.message == .serverFrame else { return nil }
        var found: UInt64?
        var cursor = Cursor()
        while cursor.at < offset, let tag = try? cursor.tag(bytes, end: root.end) {
            if tag.number == 1, tag.wireType == 0 {
                found = try? cursor.varint(bytes, end: root.end)
            } else if (try? cursor.skip(bytes, wireType: tag.wireType, end: root.end)) == nil {
                break
            }
        }
        return found
    }
}
