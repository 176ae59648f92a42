internal import CZlib
package import NIOCore

/// Deflates into zlib streams (RFC 1950), one whole stream a call, and keeps zlib's memory.
///
/// Not Sendable: one owner uses it, such as an event loop. Making zlib's state costs ten times
/// what a small message costs to deflate, so a deflater is worth keeping.
@safe package final class Deflater {
    /// The level that is worth its time between machines; 9 costs twenty times as much.
    package static let defaultLevel = 1

    private static let windowBits: Int32 = 15
    private static let memoryLevel: Int32 = 8

    private var stream: UnsafeMutablePointer<z_stream>?
    private var level = Deflater.defaultLevel

    /// Makes one; zlib's memory (about 268 KB) is taken at the first use.
    package init() {
        unsafe stream = nil
    }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Deflates all readable bytes of a buffer into one stream.
    ///
    /// The level is from 0 (stored) to 9; others are taken as the nearest.
    /// - Throws: `ZlibError.memory`; `tooLarge` for input that zlib cannot count.
    package func deflate(
        _ buffer: ByteBuffer,
        level: Int = Deflater.defaultLevel
    ) throws(ZlibError) -> ByteBuffer {
        let stream = unsafe try ready(level: min(max(level, 0), 9))
        let bound = unsafe Int(deflateBound(stream, UInt(buffer.readableBytes)))
        guard
            let count = UInt32(exactly: buffer.readableBytes),
            let room = UInt32(exactly: bound)
        else { throw .tooLarge }
        var output = ByteBuffer()
        var status = Z_OK
        unsafe buffer.withUnsafeReadableBytes { input in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            unsafe stream.pointee.avail_in = count
            unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) {
                unsafe stream.pointee.next_out = $0.baseAddress?
                    .assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = room
                status = unsafe CZlib.deflate(stream, Z_FINISH)
                unsafe stream.pointee.next_out = nil
                return unsafe Int(room - stream.pointee.avail_out)
            }
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.avail_in = 0
        }
        guard status == Z_STREAM_END else { throw .memory }
        return output
    }

    /// Deflates bytes into one stream, as `deflate(_:level:)` does a buffer.
    ///
    /// - Throws: `ZlibError.memory`; `tooLarge` for input that zlib cannot count.
    package func deflate(
        _ bytes: [UInt8],
        level: Int = Deflater.defaultLevel
    ) throws(ZlibError) -> [UInt8] {
        Array(try deflate(ByteBuffer(bytes: bytes), level: level).readableBytesView)
    }

    /// zlib's state, at the beginning of a stream of a level.
    private func ready(level wanted: Int) throws(ZlibError) -> UnsafeMutablePointer<z_stream> {
        guard let stream = unsafe stream else { return unsafe try made(level: wanted) }
        guard unsafe deflateReset(stream) == Z_OK else { throw .memory }
        if wanted != level {
            guard unsafe deflateParams(stream, Int32(wanted), Z_DEFAULT_STRATEGY) == Z_OK else {
                throw .memory
            }
            level = wanted
        }
        return unsafe stream
    }

    private func made(level wanted: Int) throws(ZlibError) -> UnsafeMutablePointer<z_stream> {
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe made.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            made,
            Int32(wanted),
            Z_DEFLATED,
            Self.windowBits,
            Self.memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else {
            unsafe made.deallocate()
            throw .memory
        }
        unsafe stream = made
        level = wanted
        return unsafe made
    }
}
