package import RelayCore

/// What is wrong with a frame; its connection cannot go on, since nobody knows where the next one
/// begins.
package enum FrameError: Error, Sendable, Hashable {
    /// Flags other than bit 0 are set.
    case reservedFlags(UInt8)
    /// The header announces more than the limit.
    case tooLong(byteCount: Int, limit: Int)
    /// It is compressed, but this side never said that it takes that.
    case compressionNotAccepted
    /// It says that it is compressed, but its bytes are not one zlib stream.
    case badCompression
    /// It inflates to more than the limit.
    case inflatedTooLong(limit: Int)
    /// There is no memory to inflate it.
    case noMemory
    /// Its bytes are no message of the protocol.
    case malformed(String)

    /// What the peer is told before the connection is closed.
    package var relayError: RelayError {
        switch self {
        case .reservedFlags(let flags):
            RelayError(
                .invalidArgument,
                reason: "FRAME_FLAGS",
                message: "a frame begins with the flags \(flags); only 0 and 1 are known"
            )
        case .tooLong(let byteCount, let limit):
            RelayError(
                .resourceExhausted,
                reason: "FRAME_TOO_LONG",
                message:
                    "a frame of \(byteCount) bytes is over the limit of \(limit); send less at once"
            )
        case .compressionNotAccepted:
            RelayError(
                .invalidArgument,
                reason: "FRAME_COMPRESSION",
                message: "a frame is compressed, but this side does not accept that"
            )
        case .badCompression:
            RelayError(
                .invalidArgument,
                reason: "FRAME_COMPRESSION",
                message: "a compressed frame is not one whole zlib stream"
            )
        case .inflatedTooLong(let limit):
            RelayError(
                .resourceExhausted,
                reason: "FRAME_TOO_LONG",
                message:
                    "a frame inflates to more than the limit of \(limit) bytes; send less at once"
            )
        case .noMemory:
            RelayError(
                .resourceExhausted,
                reason: "NO_MEMORY",
                message: "there is no memory to inflate a frame; try again later"
            )
        case .malformed(let why):
            RelayError(
                .invalidArgument,
                reason: "FRAME_MALFORMED",
                message: "a frame holds no message of the protocol: \(why)"
            )
        }
    }
}
