internal import RelayCore
internal import RelayMessages

/// The calls that a client began and that have not ended.
package struct PendingCalls: Sendable {
    private var isStream: [UInt64: Bool] = [:]
    private var last: UInt64 = 0

    var count: Int { isStream.count }

    mutating func begin(isStream stream: Bool) -> UInt64 {
        last += 1
        isStream[last] = stream
        return last
    }

    /// True if the call was pending.
    mutating func end(_ id: UInt64) -> Bool {
        isStream.removeValue(forKey: id) != nil
    }

    /// Whether an answer on the id is its last; nil if no such call is pending.
    mutating func answer(_ id: UInt64) -> Bool? {
        guard let stream = isStream[id] else { return nil }
        if !stream { isStream[id] = nil }
        return !stream
    }
}

extension ClientConnectionMachine.Open {
    init(
        welcomed greeting: ClientConnectionMachine.Greeting,
        by welcome: Wire.Welcome,
        now: MonotonicTime
    ) {
        let theirs = welcome.maxCalls == 0 ? greeting.rules.maxCalls : Int(welcome.maxCalls)
        self.maxCalls = min(theirs, greeting.rules.maxCalls)
        self.calls = PendingCalls()
        self.pulse = Pulse(greeting.rules, now: now)
    }

    mutating func received(_ frame: Wire.ServerFrame) -> ClientConnectionMachine.OnFrame {
        switch frame.body {
        case .welcome:
            return .close(.welcomeExpected)
        case .status(let status):
            guard frame.callID != 0 else { return .close(RelayError(status)) }
            guard calls.end(frame.callID) else { return .ignore }
            return .end(callID: frame.callID, status.code == 0 ? nil : RelayError(status))
        case .ping(let ping):
            return .pong(callID: frame.callID, ping)
        case .goAway(let goAway):
            return .goAway(goAway)
        case .asyncResponse, .awaitResponse, .awaitManyResponse, .callResponse, .cancelResponse,
            .workResponse:
            guard let body = frame.body, let isLast = calls.answer(frame.callID) else {
                return .ignore
            }
            return .answer(callID: frame.callID, body, isLast: isLast)
        case .pong, nil:
            // A body that is not known here is of a newer server; nothing depends on it.
            return .ignore
        }
    }
}
