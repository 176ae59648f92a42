/// The five bytes before each message: flags, and the length of what follows, big endian.
package struct FrameHeader: Sendable, Hashable {
    /// How many bytes a header has.
    package static let byteCount = 5
    /// The flag of a compressed message.
    package static let compressedFlag: UInt8 = 1

    /// Whether the message is a zlib stream.
    package var isCompressed: Bool
    /// The bytes that follow.
    package var length: Int

    /// Reads a header, and refuses it before a byte of its message is kept; throws ``FrameError``.
    package init(flags: UInt8, length: UInt32, limit: Int) throws(FrameError) {
        guard flags & ~Self.compressedFlag == 0 else { throw .reservedFlags(flags) }
        guard Int(length) <= limit else { throw .tooLong(byteCount: Int(length), limit: limit) }
        self.isCompressed = flags == Self.compressedFlag
        self.length = Int(length)
    }
}
