internal import NIOConcurrencyHelpers
internal import NIOCore
internal import RelayMessages

/// One connection as callers see it, from any thread: what they ask gathers, and goes out in one flush.
final class ClientConnection: Sendable {
    enum Command: Sendable {
        case begin(CallTicket, Wire.ClientFrame.Body, isStream: Bool, CallSink)
        /// One more message of a stream.
        case send(CallTicket, Wire.ClientFrame.Body)
        case abandon(CallTicket)
        case close
    }

    private struct State {
        var commands: [Command] = []
        var isScheduled = false
        var lastTicket: UInt64 = 0
        var isLeaving = false
        var maxMessageBytes = Limits().maxMessageBytes
        var end: RelayError?
    }

    private let eventLoop: any EventLoop
    private let state = NIOLockedValueBox(State())
    private let handler: NIOLoopBoundBox<ClientConnectionHandler?>

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = .makeEmptyBox(eventLoop: eventLoop)
    }

    /// Whether new calls may begin here.
    var takesCalls: Bool {
        state.withLockedValue { !$0.isLeaving && $0.end == nil }
    }

    /// The bytes of a message that the gateway takes.
    var maxMessageBytes: Int {
        state.withLockedValue { $0.maxMessageBytes }
    }

    /// Begins a call; its events may come before the function returns.
    func begin(
        _ body: Wire.ClientFrame.Body,
        isStream: Bool = false,
        sink: @escaping CallSink
    ) -> CallTicket {
        let ticket = state.withLockedValue { state in
            state.lastTicket += 1
            return CallTicket(number: state.lastTicket)
        }
        post(.begin(ticket, body, isStream: isStream, sink))
        return ticket
    }

    /// Sends one more message of a stream; nothing happens if it has ended.
    func send(_ body: Wire.ClientFrame.Body, on ticket: CallTicket) {
        post(.send(ticket, body))
    }

    /// Leaves a call; no more events come for it once this was carried out.
    func abandon(_ ticket: CallTicket) {
        post(.abandon(ticket))
    }

    /// Ends the connection and with it every call.
    func close() {
        post(.close)
    }

    private func post(_ command: Command) {
        enum Step {
            case schedule
            case wait
            case refuse(RelayError)
        }
        let step = state.withLockedValue { state -> Step in
            if let end = state.end { return .refuse(end) }
            state.commands.append(command)
            if state.isScheduled { return .wait }
            state.isScheduled = true
            return .schedule
        }
        switch step {
        case .schedule:
            eventLoop.execute { self.handler.value?.drain() }
        case .wait:
            break
        case .refuse(let error):
            if case .begin(_, _, _, let sink) = command { sink(.refused(error)) }
        }
    }

    // MARK: For the handler, on the loop

    func open(_ handler: ClientConnectionHandler, maxMessageBytes: Int) {
        state.withLockedValue { $0.maxMessageBytes = maxMessageBytes }
        self.handler.value = handler
    }

    func takeCommands() -> [Command] {
        state.withLockedValue { state in
            state.isScheduled = false
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// The server goes away: calls that come now should begin on another connection.
    func leave() {
        state.withLockedValue { $0.isLeaving = true }
    }

    /// The connection is over; what was still asked is refused.
    func end(_ error: RelayError) {
        let commands = state.withLockedValue { state in
            state.end = state.end ?? error
            defer { state.commands = [] }
            return state.commands
        }
        handler.value = nil
        for case .begin(_, _, _, let sink) in commands { sink(.refused(error)) }
    }
}
