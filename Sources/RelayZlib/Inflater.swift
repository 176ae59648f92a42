internal import CZlib
package import NIOCore

/// Inflates zlib streams (RFC 1950), one whole stream a call, and keeps zlib's memory for the next.
///
/// Not Sendable: one owner uses it, such as a connection.
@safe package final class Inflater {
    private static let smallestOutput = 256

    /// What is around the deflated data.
    package enum Format: Sendable, Hashable {
        /// RFC 1950, as in frames and in Erlang's terms.
        case zlib
        /// RFC 1952, as in Oban's large notifications.
        case gzip

        /// zlib's `windowBits`: 15, and 16 more for gzip.
        fileprivate var windowBits: Int32 { self == .zlib ? 15 : 31 }
    }

    private let format: Format
    private var stream: UnsafeMutablePointer<z_stream>?

    /// Makes one; zlib's memory (about 7 KB, and 32 KB for the window) is taken at the first use.
    package init(format: Format = .zlib) {
        self.format = format
        unsafe stream = nil
    }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates all readable bytes of a buffer, which must be exactly one stream, into at most `limit` bytes.
    ///
    /// - Throws: `ZlibError.tooLarge` over the limit, one byte after having reached it.
    package func inflate(_ buffer: ByteBuffer, limit: Int) throws(ZlibError) -> ByteBuffer {
        guard let count = UInt32(exactly: buffer.readableBytes), count > 0 else {
            throw .malformed
        }
        let stream = unsafe try ready()
        var output = ByteBuffer()
        let failure = unsafe buffer.withUnsafeReadableBytes { input in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            unsafe stream.pointee.avail_in = count
            let failure = unsafe Self.run(stream, into: &output, limit: max(limit, 0))
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.avail_in = 0
            return failure
        }
        if let failure { throw failure }
        return output
    }

    /// Inflates bytes, which must be exactly one stream, into at most `limit` bytes.
    ///
    /// - Throws: `ZlibError.tooLarge` over the limit, one byte after having reached it.
    package func inflate(_ bytes: [UInt8], limit: Int) throws(ZlibError) -> [UInt8] {
        Array(try inflate(ByteBuffer(bytes: bytes), limit: limit).readableBytesView)
    }

    /// Inflates until the stream or the limit has come to its end.
    private static func run(
        _ stream: UnsafeMutablePointer<z_stream>,
        into output: inout ByteBuffer,
        limit: Int
    ) -> ZlibError? {
        let input = unsafe Int(stream.pointee.avail_in)
        while output.readableBytes <= limit {
            // One byte over the limit tells a stream that is too long from one that just fits.
            let room = min(
                max(output.readableBytes, input * 2, smallestOutput),
                limit + 1 - output.readableBytes
            )
            let (status, written) = unsafe step(stream, into: &output, room: room)
            switch status {
            case Z_STREAM_END:
                if output.readableBytes > limit { return .tooLarge }
                return unsafe stream.pointee.avail_in == 0 ? nil : .malformed
            case Z_OK, Z_BUF_ERROR:
                // Room is left over, so the input came to its end before the stream.
                if written < room { return .malformed }
            case Z_MEM_ERROR: return .memory
            default: return .malformed
            }
        }
        return .tooLarge
    }

    /// Inflates until the input or the room is used up.
    private static func step(
        _ stream: UnsafeMutablePointer<z_stream>,
        into output: inout ByteBuffer,
        room: Int
    ) -> (status: Int32, written: Int) {
        var status = Z_OK
        let written = unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) {
            let room = UInt32(clamping: room)
            unsafe stream.pointee.next_out = $0.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = room
            status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            unsafe stream.pointee.next_out = nil
            return unsafe Int(room - stream.pointee.avail_out)
        }
        return (status, written)
    }

    /// zlib's state, at the beginning of a stream.
    private func ready() throws(ZlibError) -> UnsafeMutablePointer<z_stream> {
        if let stream = unsafe stream {
            guard unsafe inflateReset(stream) == Z_OK else { throw .memory }
            return unsafe stream
        }
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe made.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(made, format.windowBits, ZLIB_VERSION, size) == Z_OK else {
            unsafe made.deallocate()
            throw .memory
        }
        unsafe stream = made
        return unsafe made
    }
}
