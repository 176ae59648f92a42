import NIOCore
import NIOPosix
import RelayCore
import RelayEngine
import RelayMessages
import RelayWire
import Testing

@Suite("Throughput", .timeLimit(.minutes(1)))
struct ThroughputTests {
    /// Far below what is measured (see the printed number): a sanity check, not a benchmark.
    private static let leastPerSecond = 500.0

    @Test("64 awaits in flight on one connection do not wait for each other")
    func pipelined() async throws {
        let total: UInt64 = 20_000
        let engine = ScriptedEngine { call in
            guard case .await(_, let relay, _, let reply) = call else { return false }
            reply(.success(AwaitAnswer(relay: relay, attempt: 1, outcome: .ok(.json("1")))))
            return true
        }
        try await Fixture.run(engine: engine) { fixture in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let done = loop.makePromise(of: Void.self)
            let start = ContinuousClock.now
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = Pump(total: total, inFlight: 64, done: done)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(to: fixture.address)
                .get()
            try await done.futureResult.get()
            let elapsed = ContinuousClock.now - start
            try await channel.close().get()
            let perSecond = Double(total) / (elapsed / .seconds(1))
            print("awaits per second, one connection, 64 in flight: \(Int(perSecond))")
            #expect(perSecond > Self.leastPerSecond)
        }
    }
}

/// Keeps a number of awaits in flight, on the loop, without a task.
private final class Pump: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let total: UInt64
    private let inFlight: UInt64
    private let done: EventLoopPromise<Void>
    private var decoder = FrameDecoder(limit: 1 << 20, zlib: nil)
    private let encoder = FrameEncoder(limit: 1 << 20)
    private var sent: UInt64 = 0
    private var answered: UInt64 = 0

    init(total: UInt64, inFlight: UInt64, done: EventLoopPromise<Void>) {
        self.total = total
        self.inFlight = inFlight
        self.done = done
    }

    func channelActive(context: ChannelHandlerContext) {
        var out = ByteBuffer()
        let hello = Wire.ClientFrame(body: .hello(Wire.Hello(version: 1)))
        try? encoder.encode(hello, into: &out)
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        var out = ByteBuffer()
        do {
            while let payload = try decoder.next() {
                switch try Wire.ServerFrame.decode(payload, limits: .client).body {
                case .welcome:
                    while sent < inFlight { try send(into: &out) }
                case .awaitResponse:
                    answered += 1
                    if sent < total { try send(into: &out) }
                case let other:
                    throw TestFailure("not an answer: \(String(describing: other))")
                }
            }
        } catch {
            done.fail(error)
        }
        if out.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(out), promise: nil) }
        if answered == total { done.succeed() }
    }

    private func send(into out: inout ByteBuffer) throws {
        sent += 1
        let request = Wire.AwaitRequest(relay: .test(1))
        try encoder.encode(
            Wire.ClientFrame(callID: sent, body: .awaitRequest(request)),
            into: &out
        )
    }
}
