/// Counts the bytes of a message.
struct ByteCounter: FieldSink {
    /// The bytes so far.
    private(set) var count = 0

    /// The bytes of a number on the wire.
    @inline(__always)
    static func size(of value: UInt64) -> Int {
        (70 - (value | 1).leadingZeroBitCount) / 7
    }

    /// The bytes of the tag of a field, of which the contract has none above 31.
    @inline(__always)
    static func tagSize(_ field: Int) -> Int {
        field < 16 ? 1 : 2
    }

    mutating func number(_ field: Int, _ value: UInt64) {
        count += Self.tagSize(field) + Self.size(of: value)
    }

    mutating func member(_ field: Int, _ value: String) {
        add(field, value.utf8.count)
    }

    mutating func member(_ field: Int, _ value: [UInt8]) {
        add(field, value.count)
    }

    mutating func member(_ field: Int, _ value: some CodedMessage) {
        add(field, value.encodedByteCount)
    }

    private mutating func add(_ field: Int, _ length: Int) {
        count += Self.tagSize(field) + Self.size(of: UInt64(length)) + length
    }
}
