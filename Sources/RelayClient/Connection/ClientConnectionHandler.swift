internal import Logging
internal import NIOCore
internal import RelayMessages
internal import RelayWire

/// The client's end of one connection: performs what its machine says, on its loop, without a task per frame.
final class ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct OpenCall {
        var ticket: CallTicket
        var sink: CallSink
    }

    private let configuration: RelayClientConfiguration
    private let connection: ClientConnection
    private let welcomed: EventLoopPromise<Void>
    private let zlib: FrameZlib?
    private var machine: ClientConnectionMachine
    private var decoder: FrameDecoder
    private var encoder: FrameEncoder
    private var calls: [UInt64: OpenCall] = [:]
    private var ids: [CallTicket: UInt64] = [:]
    private var out = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var timer: (task: Scheduled<Void>, at: MonotonicTime)?
    private var isReading = false
    private var hasConnected = false

    init(
        configuration: RelayClientConfiguration,
        connection: ClientConnection,
        welcomed: EventLoopPromise<Void>
    ) {
        self.configuration = configuration
        self.connection = connection
        self.welcomed = welcomed
        self.machine = ClientConnectionMachine(rules: configuration.rules, now: .now)
        self.zlib = configuration.compresses ? FrameZlib() : nil
        self.decoder = FrameDecoder(limit: configuration.maxMessageBytes, zlib: zlib)
        self.encoder = FrameEncoder(limit: configuration.maxMessageBytes)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { greet() }
    }

    func channelActive(context: ChannelHandlerContext) {
        greet()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(lost)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        configuration.logger.debug("connection lost", metadata: ["error": "\(error)"])
        end(isGreeting ? .connectFailed(configuration.address, error) : lost)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A channel that never became active ends with what its connect fails with, which says why.
        if hasConnected { end(lost) }
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        decoder.append(unwrapInboundIn(data))
        var wholeFrame = false
        do throws(FrameError) {
            while let payload = try decoder.next() {
                wholeFrame = true
                guard received(payload) else { return }
            }
        } catch {
            // What speaks another protocol from the start is no gateway, or one that wants TLS.
            end(isGreeting ? lost : error.relayError)
            return
        }
        machine.heard(midFrame: decoder.isMidFrame, wholeFrame: wholeFrame, now: .now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        drain()
        if machine.isDone { end(lost) }
        context.fireChannelReadComplete()
    }

    // MARK: What callers ask

    /// Performs what callers asked meanwhile, and lets it leave in one flush.
    func drain() {
        guard machine.isOpen || machine.isLeaving, !isReading else { return }
        for command in connection.takeCommands() { perform(command) }
        flush()
        armTimer()
    }

    private func perform(_ command: ClientConnection.Command) {
        switch command {
        case .begin(let ticket, let body, let isStream, let sink):
            begin(ticket, body, isStream, sink)
        case .send(let ticket, let body):
            guard let id = ids[ticket] else { return }
            if let error = send(body, on: id) {
                forget(id)?.sink(.ended(error))
                abandon(id)
            }
        case .abandon(let ticket):
            guard let id = ids[ticket] else { return }
            _ = forget(id)
            abandon(id)
        case .close:
            end(.closed)
        }
    }

    private func begin(
        _ ticket: CallTicket,
        _ body: Wire.ClientFrame.Body,
        _ isStream: Bool,
        _ sink: @escaping CallSink
    ) {
        switch machine.begin(isStream: isStream) {
        case .refuse(let error):
            sink(.refused(error))
        case .send(let id):
            if let error = send(body, on: id) {
                _ = machine.abandon(id)
                sink(.ended(error))
                return
            }
            calls[id] = OpenCall(ticket: ticket, sink: sink)
            ids[ticket] = id
        }
    }

    private func abandon(_ id: UInt64) {
        guard machine.abandon(id) else { return }
        _ = send(.abandon(Wire.Abandon()), on: id)
    }

    private func forget(_ id: UInt64) -> OpenCall? {
        guard let call = calls.removeValue(forKey: id) else { return nil }
        ids[call.ticket] = nil
        return call
    }

    // MARK: What the server says

    /// False once the connection is over.
    private func received(_ payload: ByteBuffer) -> Bool {
        let frame: Wire.ServerFrame
        do throws(DecodeError) {
            frame = try Wire.ServerFrame.decode(payload, limits: .client)
        } catch {
            end(FrameError.malformed("\(error)").relayError)
            return false
        }
        switch machine.received(frame, now: .now) {
        case .welcome(let welcome):
            self.welcome(welcome)
        case .answer(let id, let body, let isLast):
            let call = isLast ? forget(id) : calls[id]
            call?.sink(.answer(body, isLast: isLast))
        case .end(let id, let error):
            forget(id)?.sink(.ended(error))
        case .pong(let id, let ping):
            _ = send(.pong(Wire.Pong(data: ping.data)), on: id)
        case .goAway(let goAway):
            configuration.logger.debug(
                "the gateway goes away",
                metadata: ["why": "\(goAway.reason)"]
            )
            connection.leave()
        case .close(let error):
            end(error)
            return false
        case .ignore:
            break
        }
        return true
    }

    private func greet() {
        hasConnected = true
        var hello = Wire.Hello()
        hello.version = ConnectionRules.version
        hello.client = configuration.name
        hello.token = configuration.token ?? ""
        hello.acceptZlib = configuration.compresses
        _ = send(.hello(hello), on: 0)
        flush()
        armTimer()
    }

    private func welcome(_ welcome: Wire.Welcome) {
        let theirs =
            welcome.maxMessageBytes == 0 ? Limits().maxMessageBytes : Int(welcome.maxMessageBytes)
        encoder = FrameEncoder(limit: theirs, zlib: welcome.acceptZlib ? zlib : nil)
        connection.open(self, maxMessageBytes: theirs)
        welcomed.succeed()
    }

    // MARK: Writing and time

    /// What is wrong if the frame cannot be sent.
    private func send(_ body: Wire.ClientFrame.Body, on id: UInt64) -> RelayError? {
        do throws(FrameError) {
            try encoder.encode(Wire.ClientFrame(callID: id, body: body), into: &out)
            return nil
        } catch {
            return error.relayError
        }
    }

    private func flush() {
        guard let context, out.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        out = context.channel.allocator.buffer(capacity: 1_024)
    }

    private func armTimer() {
        guard let context, let due = machine.deadline else { return }
        if let timer {
            // A timer that fires early finds nothing to do and is armed again: cheaper than moving it per frame.
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
        switch machine.tick(now: .now) {
        case .ping: _ = send(.ping(Wire.Ping()), on: 0)
        case .close(let error): end(error)
        case .wait: break
        }
        flush()
        armTimer()
    }

    private var isGreeting: Bool {
        switch machine {
        case .greeting: true
        case .open: false
        case .leaving: false
        case .closed: false
        }
    }

    private var lost: RelayError {
        isGreeting
            ? .closedUngreeted(configuration.address) : .connectionLost(configuration.address)
    }

    /// Ends the connection, and every call with it; once.
    private func end(_ error: RelayError) {
        timer?.task.cancel()
        timer = nil
        machine.close()
        welcomed.fail(error)
        let open = calls.values
        calls = [:]
        ids = [:]
        flush()
        connection.end(error)
        for call in open { call.sink(.ended(error)) }
        context?.close(promise: nil)
    }
}

extension ClientConnectionMachine {
    fileprivate var isLeaving: Bool {
        switch self {
        case .leaving: true
        case .greeting: false
        case .open: false
        case .closed: false
        }
    }
}
