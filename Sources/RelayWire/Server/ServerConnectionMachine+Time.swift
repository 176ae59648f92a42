package import RelayCore

extension ServerConnectionMachine {
    /// Bytes arrived, or left while reading is paused; `midFrame` says whether the bytes end within
    /// a frame, `wholeFrame` whether they finished one.
    package mutating func heard(midFrame: Bool, wholeFrame: Bool, now: MonotonicTime) {
        switch consume self {
        case .open(var open):
            open.pulse.hear(midFrame: midFrame, wholeFrame: wholeFrame, now: now)
            self = .open(open)
        case .draining(var open, let end):
            open.pulse.hear(midFrame: midFrame, wholeFrame: wholeFrame, now: now)
            self = .draining(open, until: end)
        case let other:
            // Before hello one deadline holds, whatever arrives.
            self = other
        }
    }

    /// When ``tick(now:)`` is due; nil once closed.
    package var deadline: MonotonicTime? {
        switch self {
        case .greeting(let greeting): greeting.deadline
        case .checking(let greeting): greeting.deadline
        case .open(let open): open.pulse.deadline
        case .draining(let open, let end): min(open.pulse.deadline, end)
        case .closed: nil
        }
    }

    /// What to do as time passes.
    package enum OnTick: Sendable, Equatable {
        case ping
        /// Send a Status on call 0, then close.
        case close(RelayError)
        case wait
    }

    /// Time has passed.
    package mutating func tick(now: MonotonicTime) -> OnTick {
        switch consume self {
        case .greeting(let greeting):
            if now >= greeting.deadline {
                self = .closed
                return .close(.helloTimeout)
            }
            self = .greeting(greeting)
            return .wait
        case .open(var open):
            switch open.pulse.check(now: now) {
            case .alive:
                self = .open(open)
                return .wait
            case .silent:
                self = .open(open)
                return .ping
            case .dead(let error):
                self = .closed
                return .close(error)
            }
        case .draining(var open, let end):
            if now >= end {
                self = .closed
                return .close(.graceOver)
            }
            switch open.pulse.check(now: now) {
            case .alive:
                self = .draining(open, until: end)
                return .wait
            case .silent:
                self = .draining(open, until: end)
                return .ping
            case .dead(let error):
                self = .closed
                return .close(error)
            }
        case let other:
            self = other
            return .wait
        }
    }

    /// What to do when the server goes away.
    package enum OnDrain: Sendable, Equatable {
        /// Say GoAway; open calls may finish.
        case goAway
        /// Say GoAway, then close: nothing is open.
        case goAwayAndClose
        /// Send a Status on call 0, then close: hello was not said yet.
        case close(RelayError)
        case ignore
    }

    /// The server goes away; open calls may finish until `end`.
    package mutating func drain(until end: MonotonicTime) -> OnDrain {
        switch consume self {
        case .greeting:
            self = .closed
            return .close(.draining)
        case .checking:
            self = .closed
            return .close(.draining)
        case .open(let open):
            guard !open.calls.isEmpty else {
                self = .closed
                return .goAwayAndClose
            }
            self = .draining(open, until: end)
            return .goAway
        case .draining(let open, let earlier):
            self = .draining(open, until: min(earlier, end))
            return .ignore
        case .closed:
            self = .closed
            return .ignore
        }
    }

    /// A frame could not be read, or the connection is lost: nothing follows.
    package mutating func close() {
        self = .closed
    }
}
