/// Writes the bytes of a message; appending is bounds-checked.
extension OutputRawSpan: FieldSink {
    mutating func number(_ field: Int, _ value: UInt64) {
        varint(UInt64(field << 3))
        varint(value)
    }

    mutating func member(_ field: Int, _ value: String) {
        let text = value.utf8
        lengthPrefix(field, text.count)
        unsafe append(text.span.bytes)
    }

    mutating func member(_ field: Int, _ value: [UInt8]) {
        lengthPrefix(field, value.count)
        unsafe append(value.span.bytes)
    }

    mutating func member(_ field: Int, _ value: some CodedMessage) {
        lengthPrefix(field, value.encodedByteCount)
        value.visit(&self)
    }

    @inline(__always)
    private mutating func lengthPrefix(_ field: Int, _ length: Int) {
        varint(UInt64(field << 3 | 2))
        varint(UInt64(length))
    }

    @inline(__always)
    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func append(_ bytes: RawSpan) {
        precondition(bytes.byteCount <= freeCapacity, "a message is longer than it was counted")
        unsafe withUnsafeMutableBytes { memory, initializedCount in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: memory[initializedCount...])
                    .copyMemory(from: source)
            }
            initializedCount += bytes.byteCount
        }
    }
}
