package import RelayCore
package import RelayMessages

/// The client's end of one connection of the native protocol, as a value.
///
/// greeting → open → leaving → closed; every state may move to closed. Whoever makes it sends
/// hello.
package enum ClientConnectionMachine: ~Copyable {
    /// Hello was sent. Can move to: open, closed.
    case greeting(Greeting)
    /// Takes calls. Can move to: leaving, closed.
    case open(Open)
    /// The server said GoAway: open calls may finish, none may begin. Can move to: closed.
    case leaving(Open)
    case closed

    /// What is known before welcome.
    package struct Greeting: Sendable {
        let rules: ConnectionRules
        let deadline: MonotonicTime
    }

    /// What is known after welcome.
    package struct Open: Sendable {
        let maxCalls: Int
        var calls: PendingCalls
        var pulse: Pulse
    }

    /// Begins with a connection on which hello is being sent; the rules' `helloTimeout` is for
    /// welcome.
    package init(rules: ConnectionRules, now: MonotonicTime) {
        self = .greeting(Greeting(rules: rules, deadline: now + rules.helloTimeout))
    }

    /// What to do about a frame.
    package enum OnFrame: Sendable, Equatable {
        /// Calls may begin now.
        case welcome(Wire.Welcome)
        /// An answer of the call; `isLast` says that nothing follows on it.
        case answer(callID: UInt64, Wire.ServerFrame.Body, isLast: Bool)
        /// The call ended: nil is OK, after the last answer of a stream.
        case end(callID: UInt64, RelayError?)
        case pong(callID: UInt64, Wire.Ping)
        /// Begin no more calls here; those open may finish.
        case goAway(Wire.GoAway)
        /// Close; every pending call ends with the error.
        case close(RelayError)
        case ignore
    }

    /// A frame arrived.
    package mutating func received(_ frame: Wire.ServerFrame, now: MonotonicTime) -> OnFrame {
        switch consume self {
        case .greeting(let greeting):
            switch (frame.callID, frame.body) {
            case (0, .welcome(let welcome)) where welcome.version == ConnectionRules.version:
                self = .open(Open(welcomed: greeting, by: welcome, now: now))
                return .welcome(welcome)
            case (0, .status(let status)):
                self = .closed
                return .close(RelayError(status))
            default:
                self = .closed
                return .close(.welcomeExpected)
            }
        case .open(var open):
            let action = open.received(frame)
            switch action {
            case .close: self = .closed
            case .goAway: self = .leaving(open)
            default: self = .open(open)
            }
            return action
        case .leaving(var open):
            let action = open.received(frame)
            if case .close = action { self = .closed } else { self = .leaving(open) }
            return action
        case .closed:
            self = .closed
            return .ignore
        }
    }

    /// Whether a call may begin.
    package enum OnBegin: Sendable, Equatable {
        case send(callID: UInt64)
        /// Wait, or begin it on another connection.
        case refuse(RelayError)
    }

    /// A call is to begin; a stream has any number of answers, any other exactly one.
    package mutating func begin(isStream: Bool) -> OnBegin {
        switch consume self {
        case .open(var open):
            guard open.calls.count < open.maxCalls else {
                let limit = open.maxCalls
                self = .open(open)
                return .refuse(.tooManyCalls(limit: limit))
            }
            let id = open.calls.begin(isStream: isStream)
            self = .open(open)
            return .send(callID: id)
        case .leaving(let open):
            self = .leaving(open)
            return .refuse(.draining)
        case .greeting(let greeting):
            self = .greeting(greeting)
            return .refuse(.notConnected)
        case .closed:
            self = .closed
            return .refuse(.notConnected)
        }
    }

    /// The caller leaves a call; true if Abandon is to be sent.
    ///
    /// What still arrives for it is ignored.
    package mutating func abandon(_ callID: UInt64) -> Bool {
        switch consume self {
        case .open(var open):
            let known = open.calls.end(callID)
            self = .open(open)
            return known
        case .leaving(var open):
            let known = open.calls.end(callID)
            self = .leaving(open)
            return known
        case let other:
            self = other
            return false
        }
    }

    /// Whether calls may begin.
    package var isOpen: Bool {
        switch self {
        case .open: true
        default: false
        }
    }

    /// Whether the server went away and nothing is pending any more: time to close.
    package var isDone: Bool {
        switch self {
        case .leaving(let open): open.calls.count == 0
        default: false
        }
    }

    /// The connection is lost, or is being closed: nothing follows.
    package mutating func close() {
        self = .closed
    }
}
