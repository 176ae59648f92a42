import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import RelayMessages
import RelayWire

/// A client that says exactly what a test wants, right or wrong, over a real socket.
final class TestClient: Sendable {
    let channel: any Channel
    private let frames: AsyncStream<Wire.ServerFrame>

    private init(channel: any Channel, frames: AsyncStream<Wire.ServerFrame>) {
        self.channel = channel
        self.frames = frames
    }

    /// Connects, and says nothing yet; with `reads` false nothing is ever read from the socket.
    static func connect(
        to address: SocketAddress,
        reads: Bool = true,
        tls: NIOSSLContext? = nil,
        serverName: String = "server.test"
    ) async throws -> TestClient {
        let (frames, continuation) = AsyncStream<Wire.ServerFrame>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(
                            context: tls,
                            serverHostname: serverName
                        )
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(FrameReader(continuation))
                }
            }
            .connect(to: address)
            .get()
        return TestClient(channel: channel, frames: frames)
    }

    /// Sends bytes as they are.
    func send(bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends a frame.
    func send(_ body: Wire.ClientFrame.Body, on callID: UInt64 = 0) async throws {
        try await send(bytes: Self.bytes(body, on: callID))
    }

    /// The bytes of a frame.
    static func bytes(
        _ body: Wire.ClientFrame.Body?,
        on callID: UInt64 = 0,
        compressed: Bool = false
    ) throws -> [UInt8] {
        var buffer = ByteBuffer()
        try FrameEncoder(limit: 1 << 26, zlib: compressed ? FrameZlib() : nil)
            .encode(Wire.ClientFrame(callID: callID, body: body), into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// The next frame; nil once the server has closed.
    func receive() async -> Wire.ServerFrame? {
        for await frame in frames { return frame }
        return nil
    }

    /// The next frame, which must be one of the call.
    func receive(on callID: UInt64) async throws -> Wire.ServerFrame.Body {
        guard let frame = await receive() else { throw TestFailure("the server closed") }
        guard frame.callID == callID, let body = frame.body else {
            throw TestFailure("a frame of call \(frame.callID) came: \(frame)")
        }
        return body
    }

    /// The next frame, which must be a Status on the call.
    func receiveStatus(on callID: UInt64) async throws -> Wire.Status {
        let body = try await receive(on: callID)
        guard case .status(let status) = body else { throw TestFailure("not a Status: \(body)") }
        return status
    }

    /// The next frame must be a Status on call 0, and the server then closes.
    func receiveEnd() async throws -> Wire.Status {
        let status = try await receiveStatus(on: 0)
        if let frame = await receive() { throw TestFailure("a frame came after the end: \(frame)") }
        return status
    }

    /// Says hello and takes the welcome.
    @discardableResult
    func greet(acceptZlib: Bool = false, token: String = "") async throws -> Wire.Welcome {
        let hello = Wire.Hello(
            version: 1,
            client: "test/1",
            token: token,
            acceptZlib: acceptZlib
        )
        try await send(.hello(hello))
        guard case .welcome(let welcome) = try await receive(on: 0) else {
            throw TestFailure("no welcome")
        }
        return welcome
    }

    /// Whether the connection still answers.
    func isAlive() async throws -> Bool {
        try await send(.ping(Wire.Ping(data: [42])))
        return try await receive(on: 0) == .pong(Wire.Pong(data: [42]))
    }

    func close() async throws {
        try await channel.close().get()
    }
}

private final class FrameReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<Wire.ServerFrame>.Continuation
    private var decoder = FrameDecoder(limit: 1 << 26, zlib: FrameZlib())

    init(_ continuation: AsyncStream<Wire.ServerFrame>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        do {
            while let payload = try decoder.next() {
                continuation.yield(try Wire.ServerFrame.decode(payload, limits: .client))
            }
        } catch {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
