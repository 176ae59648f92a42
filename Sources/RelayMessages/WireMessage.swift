package import NIOCore

/// A message of the contract, which bytes are decoded into and encoded from.
package protocol WireMessage: Sendable, Hashable {
    /// Reads one message from all readable bytes of a buffer.
    ///
    /// The bytes are checked before protobuf-c sees them; nothing of its memory outlives the call.
    /// - Throws: `DecodeError`, whose message names the field and never the value.
    static func decode(_ bytes: ByteBuffer, limits: DecodeLimits) throws(DecodeError) -> Self

    /// The bytes that `encode(into:)` writes.
    var encodedByteCount: Int { get }

    /// Appends the message to a buffer, in the form that protobuf's own encoders write.
    func encode(into buffer: inout ByteBuffer)
}

extension WireMessage {
    /// Reads one message within the default limits.
    package static func decode(_ bytes: ByteBuffer) throws(DecodeError) -> Self {
        try decode(bytes, limits: DecodeLimits())
    }

    /// Reads one message from a view of a buffer.
    package static func decode(
        _ bytes: ByteBufferView,
        limits: DecodeLimits = DecodeLimits()
    ) throws(DecodeError) -> Self {
        try decode(ByteBuffer(bytes), limits: limits)
    }
}
