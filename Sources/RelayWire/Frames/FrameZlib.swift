internal import NIOCore
internal import RelayZlib

/// zlib's state for frames: some 300 KB once used, so an event loop has one for all of its
/// connections.
package final class FrameZlib {
    private let inflater = Inflater()
    private let deflater = Deflater()

    /// Makes one; its memory is taken at the first use.
    package init() {}

    func inflate(_ payload: ByteBuffer, limit: Int) throws(FrameError) -> ByteBuffer {
        do {
            return try inflater.inflate(payload, limit: limit)
        } catch {
            switch error {
            case .tooLarge: throw .inflatedTooLong(limit: limit)
            case .malformed: throw .badCompression
            case .memory: throw .noMemory
            }
        }
    }

    /// Nil where compressing does not work, or does not pay.
    func deflate(_ payload: ByteBuffer) -> ByteBuffer? {
        guard let packed = try? deflater.deflate(payload) else { return nil }
        return packed.readableBytes < payload.readableBytes ? packed : nil
    }
}
