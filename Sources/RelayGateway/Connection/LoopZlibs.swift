internal import NIOConcurrencyHelpers
internal import NIOCore
internal import RelayWire

/// The zlib state of each event loop, which its connections share.
final class LoopZlibs: Sendable {
    private let zlibs = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<FrameZlib>]>([:])

    /// The state of a loop; on that loop only.
    func zlib(of eventLoop: any EventLoop) -> FrameZlib {
        zlibs.withLockedValue { zlibs in
            let id = ObjectIdentifier(eventLoop)
            if let known = zlibs[id] { return known }
            let new = NIOLoopBound(FrameZlib(), eventLoop: eventLoop)
            zlibs[id] = new
            return new
        }.value
    }
}
