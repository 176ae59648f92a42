import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RelayClient
import RelayMessages
import RelayWire

/// A gateway that a test scripts: it says what each frame is answered with.
final class ScriptedGateway: Sendable {
    typealias Script = @Sendable (Wire.ClientFrame, Peer) -> Void

    /// One connection, as a script answers on it.
    struct Peer: Sendable {
        let channel: any Channel

        func send(_ body: Wire.ServerFrame.Body, on callID: UInt64 = 0) {
            var bytes = ByteBuffer()
            do {
                try FrameEncoder(limit: 64 * 1024 * 1024)
                    .encode(Wire.ServerFrame(callID: callID, body: body), into: &bytes)
            } catch {
                channel.pipeline.fireErrorCaught(error)
            }
            channel.writeAndFlush(bytes, promise: nil)
        }

        func welcome() { send(.welcome(Wire.Welcome(version: 1, server: "test", node: "n"))) }

        func close() { channel.close(promise: nil) }
    }

    private let listener: any Channel
    private let heard: NIOLockedValueBox<[Wire.ClientFrame]>
    /// Everything that clients sent, as it comes.
    let frames: AsyncStream<Wire.ClientFrame>

    var address: String { "127.0.0.1:\(listener.localAddress?.port ?? 0)" }
    /// Everything that clients sent so far.
    var received: [Wire.ClientFrame] { heard.withLockedValue { $0 } }

    private init(
        listener: any Channel,
        heard: NIOLockedValueBox<[Wire.ClientFrame]>,
        frames: AsyncStream<Wire.ClientFrame>
    ) {
        self.listener = listener
        self.heard = heard
        self.frames = frames
    }

    /// Listens; hello is welcomed unless the script is to see it too.
    static func start(
        greets: Bool = true,
        _ script: @escaping Script
    ) async throws -> ScriptedGateway {
        let heard = NIOLockedValueBox<[Wire.ClientFrame]>([])
        let (frames, continuation) = AsyncStream.makeStream(of: Wire.ClientFrame.self)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = Handler { frame, channel in
                        heard.withLockedValue { $0.append(frame) }
                        continuation.yield(frame)
                        let peer = Peer(channel: channel)
                        if greets, case .hello = frame.body {
                            peer.welcome()
                        } else {
                            script(frame, peer)
                        }
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return ScriptedGateway(listener: listener, heard: heard, frames: frames)
    }

    func stop() async throws {
        try await listener.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var decoder = FrameDecoder(limit: 64 * 1024 * 1024, zlib: nil)
        private let receive: (Wire.ClientFrame, any Channel) -> Void

        init(_ receive: @escaping (Wire.ClientFrame, any Channel) -> Void) {
            self.receive = receive
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            do {
                while let payload = try decoder.next() {
                    let frame = try Wire.ClientFrame.decode(payload, limits: DecodeLimits())
                    receive(frame, context.channel)
                }
            } catch {
                context.close(promise: nil)
            }
        }
    }
}

/// Runs a body with a client of a scripted gateway, and stops both.
func withClient(
    _ script: @escaping ScriptedGateway.Script,
    body: (RelayClient, ScriptedGateway) async throws -> Void
) async throws {
    let gateway = try await ScriptedGateway.start(script)
    let client = try await RelayClient.connect(to: gateway.address)
    try await body(client, gateway)
    client.close()
    try await gateway.stop()
}

extension Wire.Relay {
    static func test(_ id: Int64) -> Wire.Relay {
        Wire.Relay(jobID: id, ref: [UInt8](repeating: UInt8(truncatingIfNeeded: id), count: 16))
    }
}

extension RelayHandle {
    static func test(_ id: Int64) -> RelayHandle {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: id), count: 16)
        return RelayHandle(jobID: id, ref: RelayRef(bytes: bytes) ?? .random())
    }
}
