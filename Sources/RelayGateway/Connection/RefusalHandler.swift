internal import NIOCore
internal import RelayCore
internal import RelayMessages
internal import RelayWire

/// Tells a connection that is not admitted why, and closes it.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let error: RelayError
    private let linger: Duration

    init(_ refusal: ConnectionRegistry.Refusal, linger: Duration) {
        self.linger = linger
        error =
            switch refusal {
            case .full:
                RelayError(
                    .resourceExhausted,
                    reason: "TOO_MANY_CONNECTIONS",
                    message: "this server has as many connections as it takes; try again later",
                    retryAfter: .seconds(1)
                )
            case .draining, .flooded: .workerDraining
            }
    }

    func channelActive(context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 256)
        let frame = Wire.ServerFrame(body: .status(Wire.Status(error)))
        do throws(FrameError) {
            try FrameEncoder(limit: Int(UInt16.max)).encode(frame, into: &buffer)
        } catch {
            context.close(promise: nil)
            return
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
        context.eventLoop.scheduleTask(in: .nanoseconds(linger.wholeNanoseconds)) {
            bound.value.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Read and dropped, so that closing does not reset the connection before the Status
        // arrives.
    }
}
