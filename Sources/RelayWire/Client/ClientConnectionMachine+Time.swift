package import RelayCore

extension ClientConnectionMachine {
    /// Bytes arrived; `midFrame` says whether they end within a frame, `wholeFrame` whether they
    /// finished one.
    package mutating func heard(midFrame: Bool, wholeFrame: Bool, now: MonotonicTime) {
        switch consume self {
        case .open(var open):
            open.pulse.hear(midFrame: midFrame, wholeFrame: wholeFrame, now: now)
            self = .open(open)
        case .leaving(var open):
            open.pulse.hear(midFrame: midFrame, wholeFrame: wholeFrame, now: now)
            self = .leaving(open)
        case let other:
            self = other
        }
    }

    /// When ``tick(now:)`` is due; nil once closed.
    package var deadline: MonotonicTime? {
        switch self {
        case .greeting(let greeting): greeting.deadline
        case .open(let open): open.pulse.deadline
        case .leaving(let open): open.pulse.deadline
        case .closed: nil
        }
    }

    /// What to do as time passes.
    package enum OnTick: Sendable, Equatable {
        case ping
        /// Close; every pending call ends with the error.
        case close(RelayError)
        case wait
    }

    /// Time has passed.
    package mutating func tick(now: MonotonicTime) -> OnTick {
        switch consume self {
        case .greeting(let greeting):
            if now >= greeting.deadline {
                self = .closed
                return .close(.welcomeTimeout)
            }
            self = .greeting(greeting)
            return .wait
        case .open(var open):
            let verdict = open.pulse.check(now: now)
            if case .dead = verdict { self = .closed } else { self = .open(open) }
            return OnTick(verdict)
        case .leaving(var open):
            let verdict = open.pulse.check(now: now)
            if case .dead = verdict { self = .closed } else { self = .leaving(open) }
            return OnTick(verdict)
        case .closed:
            self = .closed
            return .wait
        }
    }
}

extension ClientConnectionMachine.OnTick {
    fileprivate init(_ verdict: Pulse.Verdict) {
        switch verdict {
        case .alive: self = .wait
        case .silent: self = .ping
        case .dead(let error): self = .close(error)
        }
    }
}
