// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

internal import CProtobufC
internal import CRelayProto

extension Wire.Timestamp: CodedMessage {
    static var rule: MessageRule { .timestamp }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe google__protobuf__timestamp__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Google__Protobuf__Timestamp>) {
        seconds = unsafe c.pointee.seconds
        nanos = unsafe c.pointee.nanos
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, seconds)
        sink.field(2, nanos)
    }
}
