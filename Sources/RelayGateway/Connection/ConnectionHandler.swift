internal import DequeModule
internal import Logging
internal import NIOCore
internal import RelayCore
internal import RelayMessages
internal import RelayWire

/// One connection of the native protocol: performs what its machine says, on its loop, without a
/// task or a future per frame.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes are given to the socket in pieces of at most this many, so that progress of a slow
    /// client shows.
    private static let maxWriteBytes = 256 * 1024
    /// So many frames are made in one go; then other connections of the loop have their turn.
    private static let maxFramesPerTurn = 2_048
    /// How long the others' turn is, at least.
    private static let turnPause = TimeAmount.microseconds(200)

    let environment: ConnectionEnvironment
    let outbox: Outbox
    let logger: Logger
    var machine: ServerConnectionMachine
    var calls: [UInt64: OpenCall] = [:]
    var heldWork: Deque<HeldWork> = []
    var meter: OutboundMeter
    var principal = Principal.nobody
    /// What the client showed with its hello; nil before.
    var credentials: Credentials?
    var isClosing = false

    private let zlib: FrameZlib
    private var decoder: FrameDecoder
    var encoder: FrameEncoder
    private var context: ChannelHandlerContext?
    private var out = ByteBuffer()
    private var backlog: Deque<ConnectionEvent> = []
    private var turnIsComing = false
    private var readIsHeld = false
    private var timer: (task: Scheduled<Void>, at: MonotonicTime)?

    init(
        environment: ConnectionEnvironment,
        eventLoop: any EventLoop,
        zlib: FrameZlib,
        logger: Logger
    ) {
        let configuration = environment.configuration
        let limits = configuration.limits
        let now = MonotonicTime.now
        self.environment = environment
        self.outbox = Outbox(eventLoop: eventLoop)
        self.logger = logger
        self.machine = ServerConnectionMachine(rules: configuration.rules, now: now)
        self.zlib = zlib
        self.decoder = FrameDecoder(
            limit: min(configuration.maxHelloBytes, limits.maxMessageBytes),
            zlib: zlib
        )
        self.encoder = FrameEncoder(limit: limits.maxMessageBytes)
        self.meter = OutboundMeter(
            pauseBytes: limits.outboundPauseBytes,
            maxBytes: limits.maxOutboundBytes,
            stall: configuration.outboundStall,
            now: now
        )
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outbox.attach(self)
        armTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        release()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection lost", metadata: ["error": "\(LogText("\(error)"))"])
        context.close(promise: nil)
    }

    func read(context: ChannelHandlerContext) {
        if meter.isPaused, !isClosing {
            readIsHeld = true
        } else {
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes after the end is read all the same: unread bytes would turn the close into a
        // reset, and the client would never see the Status.
        guard !isClosing else { return }
        outbox.holdDrain()
        decoder.append(unwrapInboundIn(data))
        var wholeFrame = false
        environment.starter.engines.gathering {
            do throws(FrameError) {
                while !isClosing, let payload = try decoder.next() {
                    wholeFrame = true
                    received(payload)
                }
            } catch {
                end(error.relayError)
            }
        }
        machine.heard(midFrame: decoder.isMidFrame, wholeFrame: wholeFrame, now: .now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        drain()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let request = event as? DrainRequest {
            serverDrains(request)
            drain()
        } else if event is JudgeAgain {
            judgeAgain()
            drain()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Hello was good: frames may be as large as the limit says from now on.
    func admit(compresses: Bool) {
        let limit = environment.configuration.limits.maxMessageBytes
        decoder.limit = limit
        encoder = FrameEncoder(limit: limit, zlib: compresses ? zlib : nil)
    }

    /// The address that the client comes from, without its port; nil for a Unix socket.
    var peerAddress: String? { context?.remoteAddress?.ipAddress }

    /// The names of the client's certificate; none without one.
    var certificateNames: [String] { context.map { CertificateNames.shown(in: $0) } ?? [] }

    // MARK: Writing

    /// Turns all that engines left into frames, and lets them leave in one flush.
    func drain() {
        backlog.append(contentsOf: outbox.take())
        var frames = 0
        while !isClosing, frames < Self.maxFramesPerTurn, let event = backlog.popFirst() {
            frames += event.frameCount
            perform(event)
        }
        if !backlog.isEmpty { takeTurnLater() }
        sendHeldWork()
        flush()
        armTimer()
    }

    private func takeTurnLater() {
        guard let context, !turnIsComing, !isClosing else { return }
        turnIsComing = true
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.turnPause) { [weak self] in
            self?.turnIsComing = false
            self?.drain()
        }
    }

    /// The bytes that wait for the client, written or not.
    var waitingBytes: Int { meter.waiting + out.readableBytes }

    /// Appends a frame to what leaves with the next flush; throws if it is over the limit.
    func append(_ frame: Wire.ServerFrame) throws(FrameError) {
        try encoder.encode(frame, into: &out)
    }

    /// Appends a frame that is small by its nature.
    func send(_ body: Wire.ServerFrame.Body, on callID: UInt64 = 0) {
        do throws(FrameError) {
            try append(Wire.ServerFrame(callID: callID, body: body))
        } catch {
            logger.warning("a frame is over the limit", metadata: ["error": "\(error)"])
        }
    }

    private func flush() {
        guard let context, out.readableBytes > 0 else { return }
        let now = MonotonicTime.now
        while let piece = out.readSlice(length: min(out.readableBytes, Self.maxWriteBytes)),
            piece.readableBytes > 0
        {
            write(piece, to: context, now: now)
        }
        out = context.channel.allocator.buffer(capacity: 1_024)
        context.flush()
        if meter.isFlooded { endOverflow() }
    }

    private func write(_ piece: ByteBuffer, to context: ChannelHandlerContext, now: MonotonicTime) {
        let count = piece.readableBytes
        meter.add(count, now: now)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in taken(count) }
        context.write(wrapOutboundOut(piece), promise: written)
    }

    private func taken(_ count: Int) {
        let wasPaused = meter.isPaused
        let now = MonotonicTime.now
        meter.remove(count, now: now)
        guard wasPaused, !isClosing else { return }
        // A client that takes what waits for it is alive, even while nothing is read from it.
        machine.heard(midFrame: false, wholeFrame: false, now: now)
        guard !meter.isPaused else { return }
        if !heldWork.isEmpty {
            sendHeldWork()
            flush()
        }
        resumeReading()
    }

    private func resumeReading() {
        guard readIsHeld, isClosing || !meter.isPaused else { return }
        readIsHeld = false
        context?.read()
    }

    // MARK: Time

    private func armTimer() {
        guard let context, !isClosing else { return }
        let due = [machine.deadline, meter.deadline].compactMap { $0 }.min()
        guard let due else { return }
        if let timer {
            // A timer that fires early finds nothing to do and is armed again: cheaper than moving
            // it per frame.
            if timer.at <= due { return }
            timer.task.cancel()
        }
        let wait = max(due - .now, .zero)
        let task = context.eventLoop.assumeIsolated()
            .scheduleTask(in: .nanoseconds(wait.wholeNanoseconds)) { [weak self] () -> Void in
                self?.tick()
            }
        timer = (task, due)
    }

    private func tick() {
        timer = nil
        guard !isClosing else { return }
        let now = MonotonicTime.now
        if meter.check(now: now) {
            endOverflow()
            return
        }
        switch machine.tick(now: now) {
        case .ping: send(.ping(Wire.Ping()))
        case .close(let error): end(error)
        case .wait: break
        }
        flush()
        armTimer()
    }

    // MARK: The end

    private func endOverflow() {
        end(
            RelayError(
                .resourceExhausted,
                reason: "CLIENT_TOO_SLOW",
                message: "\(meter.waiting) bytes wait for this client; read faster, or ask for less"
            )
        )
    }

    /// Ends the connection: says why on call 0, where there is something to say, and closes once
    /// the client has it.
    func end(_ error: RelayError?) {
        guard !isClosing, let context else { return }
        machine.close()
        if let error {
            logger.debug("connection ended", metadata: ["reason": "\(error.reason)"])
            send(.status(Wire.Status(error)))
        }
        isClosing = true
        release()
        let last = context.eventLoop.makePromise(of: Void.self)
        last.futureResult.assumeIsolated().whenSuccess { [weak self] in
            self?.context?.close(mode: .output, promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(out), promise: last)
        out = ByteBuffer()
        resumeReading()
        let linger = environment.configuration.closeLinger
        context.eventLoop.assumeIsolated()
            .scheduleTask(in: .nanoseconds(linger.wholeNanoseconds)) { [weak self] in
                self?.context?.close(promise: nil)
            }
    }

    /// Lets go of everything that goes on for the connection; once.
    private func release() {
        isClosing = true
        machine.close()
        timer?.task.cancel()
        timer = nil
        outbox.attach(nil)
        let open = calls
        calls = [:]
        heldWork = []
        backlog = []
        for call in open.values { stop(call, reason: "the connection of the worker was lost") }
    }
}
