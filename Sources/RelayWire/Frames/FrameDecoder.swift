package import NIOCore

/// Cuts a stream of bytes into messages, one per call.
///
/// It keeps only bytes that arrived, whatever length a header announces, and lets go of them with
/// the last message.
package struct FrameDecoder {
    /// The bytes of a message, before and after inflating.
    package var limit: Int
    private let zlib: FrameZlib?
    private var pending = ByteBuffer()
    private var header: FrameHeader?

    /// Makes a decoder; `limit` is in bytes and holds before and after inflating.
    ///
    /// Without `zlib`, compressed frames are refused.
    package init(limit: Int, zlib: FrameZlib?) {
        self.limit = limit
        self.zlib = zlib
    }

    /// Whether a message has begun that is not whole yet.
    package var isMidFrame: Bool { header != nil || pending.readableBytes > 0 }

    /// Takes bytes as they arrived.
    package mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.discardReadBytes()
            pending.writeImmutableBuffer(bytes)
        }
    }

    /// The next whole message, inflated; nil until more bytes arrive.
    ///
    /// Throws ``FrameError``, and is useless after that.
    package mutating func next() throws(FrameError) -> ByteBuffer? {
        guard let header = try readHeader() else { return nil }
        guard let payload = pending.readSlice(length: header.length) else { return nil }
        self.header = nil
        if pending.readableBytes == 0 {
            // Otherwise an idle connection would hold the storage of its largest message.
            pending = ByteBuffer()
        }
        guard header.isCompressed else { return payload }
        guard let zlib else { throw .compressionNotAccepted }
        return try zlib.inflate(payload, limit: limit)
    }

    private mutating func readHeader() throws(FrameError) -> FrameHeader? {
        if let header { return header }
        // The flags are judged alone: one wrong byte is enough to know that this is no frame.
        if let flags = pending.getInteger(at: pending.readerIndex, as: UInt8.self) {
            _ = try FrameHeader(flags: flags, length: 0, limit: limit)
        }
        guard pending.readableBytes >= FrameHeader.byteCount,
            let (flags, length) = pending.readMultipleIntegers(as: (UInt8, UInt32).self)
        else { return nil }
        let header = try FrameHeader(flags: flags, length: length, limit: limit)
        if header.isCompressed, zlib == nil { throw .compressionNotAccepted }
        self.header = header
        return header
    }
}
