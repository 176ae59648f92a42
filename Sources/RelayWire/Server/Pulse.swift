internal import RelayCore

/// Whether the peer is alive: when it was last heard, and what it owes.
struct Pulse: Sendable {
    enum Verdict: Sendable, Equatable {
        case alive
        /// It was silent for long; a ping is due.
        case silent
        /// It owes a pong, or the rest of a frame, for too long.
        case dead(RelayError)
    }

    private let interval: Duration
    private let timeout: Duration
    private let frameTimeout: Duration
    private var heard: MonotonicTime
    private var pinged: MonotonicTime?
    private var frameBegun: MonotonicTime?

    init(_ rules: ConnectionRules, now: MonotonicTime) {
        self.interval = rules.keepaliveInterval
        self.timeout = rules.keepaliveTimeout
        self.frameTimeout = rules.frameTimeout
        self.heard = now
    }

    /// Bytes arrived (or left, while reading is paused); `midFrame` says whether they end within a
    /// frame.
    mutating func hear(midFrame: Bool, wholeFrame: Bool, now: MonotonicTime) {
        heard = now
        pinged = nil
        if !midFrame {
            frameBegun = nil
        } else if wholeFrame || frameBegun == nil {
            frameBegun = now
        }
    }

    var deadline: MonotonicTime {
        let next = pinged.map { $0 + timeout } ?? (heard + interval)
        return frameBegun.map { min(next, $0 + frameTimeout) } ?? next
    }

    mutating func check(now: MonotonicTime) -> Verdict {
        if let frameBegun, now >= frameBegun + frameTimeout {
            return .dead(.frameTimeout)
        }
        if let pinged {
            return now >= pinged + timeout ? .dead(.keepaliveTimeout) : .alive
        }
        guard now >= heard + interval else { return .alive }
        pinged = now
        return .silent
    }
}
