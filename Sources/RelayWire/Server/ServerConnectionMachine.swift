package import RelayCore
package import RelayMessages

/// The server's end of one connection of the native protocol, as a value.
///
/// greeting → checking → open → draining → closed; every state may move to closed.
/// It says what to do; whoever holds it does it, on one thread, and tells it the time.
package enum ServerConnectionMachine: ~Copyable {
    /// Waits for hello. Can move to: checking, closed.
    case greeting(Greeting)
    /// Hello came, its token is being checked. Can move to: open, closed.
    case checking(Greeting)
    /// Takes calls. Can move to: draining, closed.
    case open(Open)
    /// Finishes its calls until a moment. Can move to: closed.
    case draining(Open, until: MonotonicTime)
    case closed

    /// What is known before hello.
    package struct Greeting: Sendable {
        let rules: ConnectionRules
        let deadline: MonotonicTime
    }

    /// What is known of a connection that takes or finishes calls.
    package struct Open: Sendable {
        let rules: ConnectionRules
        var calls = OpenCalls()
        var pulse: Pulse
    }

    /// Begins with a connection that was just accepted.
    package init(rules: ConnectionRules, now: MonotonicTime) {
        self = .greeting(Greeting(rules: rules, deadline: now + rules.helloTimeout))
    }

    /// What to do about a frame.
    package enum OnFrame: Sendable, Equatable {
        /// Check the token, then say so with ``helloChecked(_:now:)`` before any other frame.
        case check(Wire.Hello)
        case begin(CallKey, CallRequest)
        /// One more message of an open worker's stream.
        case proceed(CallKey, Wire.WorkRequest)
        /// The call has ended for the client: send it Status 1, and stop what goes on for it.
        case abandon(CallKey)
        /// The same, and it was the last of a connection that drains: close after it.
        case abandonAndClose(CallKey)
        case pong(callID: UInt64, Wire.Ping)
        /// Send a Status on the id; nothing else changed.
        case refuse(callID: UInt64, RelayError)
        /// Send a Status on call 0, then close.
        case close(RelayError)
        case ignore
    }

    /// A frame arrived; `hasUnknownBody` says that it held a field that the decoder doesn't know.
    package mutating func received(
        _ frame: Wire.ClientFrame,
        hasUnknownBody: Bool = false
    ) -> OnFrame {
        switch consume self {
        case .greeting(let greeting):
            guard frame.callID == 0, case .hello(let hello) = frame.body else {
                self = .closed
                return .close(.helloExpected)
            }
            guard hello.version == ConnectionRules.version else {
                self = .closed
                return .close(.wrongVersion(hello.version))
            }
            self = .checking(greeting)
            return .check(hello)
        case .checking:
            self = .closed
            return .close(.helloExpected)
        case .open(var open):
            let action = open.received(frame, hasUnknownBody: hasUnknownBody, draining: false)
            if case .close = action { self = .closed } else { self = .open(open) }
            return action
        case .draining(var open, let end):
            let action = open.received(frame, hasUnknownBody: hasUnknownBody, draining: true)
            switch action {
            case .close:
                self = .closed
                return action
            case .abandon(let key) where open.calls.isEmpty:
                self = .closed
                return .abandonAndClose(key)
            default:
                self = .draining(open, until: end)
                return action
            }
        case .closed:
            self = .closed
            return .ignore
        }
    }

    /// What to do about a whole frame whose message is refused.
    package enum OnUndecodable: Sendable, Equatable {
        /// Send a Status on the id; nothing else changed.
        case refuse(callID: UInt64)
        /// Send a Status on the call, which it ends, and stop what goes on for it.
        case fail(CallKey)
        /// The same, and it was the last of a connection that drains: close after it.
        case failAndClose(CallKey)
        /// Send a Status on call 0, then close.
        case close
        case ignore
    }

    /// A frame arrived whose call could be told, but whose message is refused.
    ///
    /// A worker's stream ends by it, for it missed a message; to any other open call the frame did
    /// not belong.
    package mutating func receivedUndecodable(callID: UInt64) -> OnUndecodable {
        switch consume self {
        case .greeting:
            self = .closed
            return .close
        case .checking:
            self = .closed
            return .close
        case .open(var open):
            guard callID != 0 else {
                self = .closed
                return .close
            }
            let key = open.calls.endWorker(callID)
            self = .open(open)
            return key.map { .fail($0) } ?? .refuse(callID: callID)
        case .draining(var open, let end):
            guard callID != 0 else {
                self = .closed
                return .close
            }
            let key = open.calls.endWorker(callID)
            let done = open.calls.isEmpty
            self = done ? .closed : .draining(open, until: end)
            guard let key else { return .refuse(callID: callID) }
            return done ? .failAndClose(key) : .fail(key)
        case .closed:
            self = .closed
            return .ignore
        }
    }

    /// What to do once the token was checked.
    package enum OnHelloChecked: Sendable, Equatable {
        case welcome
        case close(RelayError)
        case ignore
    }

    /// The token of hello was checked; `refusal` is nil if it is good.
    package mutating func helloChecked(
        refusal: RelayError?,
        now: MonotonicTime
    ) -> OnHelloChecked {
        switch consume self {
        case .checking(let greeting):
            if let refusal {
                self = .closed
                return .close(refusal)
            }
            self = .open(
                Open(rules: greeting.rules, pulse: Pulse(greeting.rules, now: now))
            )
            return .welcome
        case let other:
            self = other
            return .ignore
        }
    }

    /// What to do with an answer.
    package enum OnAnswer: Sendable, Equatable {
        case send
        /// It was the last of a connection that drains: send it, then close.
        case sendAndClose
        /// Its call has ended already.
        case drop
    }

    /// An answer of a call is about to be sent; `isLast` says whether it ends the call.
    package mutating func answering(_ key: CallKey, isLast: Bool) -> OnAnswer {
        switch consume self {
        case .open(var open):
            let known = open.calls.answer(key, isLast: isLast)
            self = .open(open)
            return known ? .send : .drop
        case .draining(var open, let end):
            let known = open.calls.answer(key, isLast: isLast)
            let done = open.calls.isEmpty
            self = done ? .closed : .draining(open, until: end)
            guard known else { return .drop }
            return done ? .sendAndClose : .send
        case let other:
            self = other
            return .drop
        }
    }
}
