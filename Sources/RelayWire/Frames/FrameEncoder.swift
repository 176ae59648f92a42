package import NIOCore
package import RelayMessages

/// Writes messages with their headers.
package struct FrameEncoder {
    /// The smallest message worth compressing, in bytes.
    package static let compressionThreshold = 1_024

    private let limit: Int
    private let zlib: FrameZlib?

    /// Makes an encoder; `limit` is in bytes before compressing, `zlib` only where the peer accepts
    /// compressed frames.
    package init(limit: Int, zlib: FrameZlib? = nil) {
        self.limit = limit
        self.zlib = zlib
    }

    /// Appends a frame; throws ``FrameError/tooLong(byteCount:limit:)`` and then writes nothing.
    package func encode(
        _ frame: some WireMessage,
        into out: inout ByteBuffer
    ) throws(FrameError) {
        let length = frame.encodedByteCount
        guard length <= limit else { throw .tooLong(byteCount: length, limit: limit) }
        let start = out.writerIndex
        out.writeMultipleIntegers(UInt8(0), UInt32(length))
        frame.encode(into: &out)
        guard let zlib, length >= Self.compressionThreshold,
            let plain = out.getSlice(at: start + FrameHeader.byteCount, length: length),
            var packed = zlib.deflate(plain)
        else { return }
        out.moveWriterIndex(to: start)
        out.writeMultipleIntegers(FrameHeader.compressedFlag, UInt32(packed.readableBytes))
        out.writeBuffer(&packed)
    }
}
