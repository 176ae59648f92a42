internal import CProtobufC
internal import NIOCore

/// What the generated code adds to each message, and what is made of it.
protocol CodedMessage: WireMessage {
    /// The message in the pre-scan's table.
    static var rule: MessageRule { get }

    /// Has protobuf-c read the bytes, and copies what it found; nil where it refuses.
    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self?

    /// Shows each field, in the order of the numbers.
    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink)
}

extension CodedMessage {
    package static func decode(
        _ bytes: ByteBuffer,
        limits: DecodeLimits
    ) throws(DecodeError) -> Self {
        let span = bytes.readableBytesUInt8Span
        try PreScan.check(span, as: rule, limits: limits)
        let (message, isExhausted) = unsafe Arena.with(
            limit: limits.memory(forBytes: span.count),
            first: span.count * 4
        ) { allocator in
            unsafe span.withUnsafeBufferPointer { unsafe unpacked($0, in: allocator) }
        }
        guard let message else {
            let root = PreScan.Level(message: rule, start: 0, end: span.count)
            throw DecodeError(
                code: isExhausted ? .memory : .malformed,
                callID: FieldPath.callID(root, before: span.count, span)
            )
        }
        return message
    }

    package var encodedByteCount: Int {
        var counter = ByteCounter()
        visit(&counter)
        return counter.count
    }

    package func encode(into buffer: inout ByteBuffer) {
        let count = encodedByteCount
        guard count > 0 else { return }
        buffer.writeWithOutputRawSpan(minimumWritableBytes: count) { visit(&$0) }
    }
}
