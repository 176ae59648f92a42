import RelayCore

/// The calls whose job is being inserted: how each is to be awaited, unless its caller is gone by then.
struct InsertingCalls {
    /// How a call's one job is awaited.
    struct Terms {
        var withRetries: Bool
        var cancelOn: CancelOn
        /// Counted from the arrival of the call.
        var deadline: MonotonicTime?
        var reply: AwaitReply
    }

    /// What to do once the job is there.
    enum Arrival {
        case wait(Terms)
        /// Nobody waits any more, and the job is not wanted either.
        case cancel
        /// Nobody waits any more.
        case leave
    }

    private var calls: [WaitID: Terms] = [:]
    /// The calls whose caller is gone, and whether the job goes with it.
    private var left: [WaitID: Bool] = [:]

    /// How many jobs of calls are being inserted.
    var count: Int { calls.count + left.count }

    /// Whether the caller still waits.
    func isOpen(_ id: WaitID) -> Bool { calls[id] != nil }

    /// A call's job is on its way to the table.
    mutating func begin(_ id: WaitID, _ terms: Terms) {
        calls[id] = terms
    }

    /// The caller has left; answers whether it was here.
    mutating func abandon(_ id: WaitID) -> Bool {
        guard let terms = calls.removeValue(forKey: id) else { return false }
        left[id] = terms.cancelOn.includesAbandon
        return true
    }

    /// The insertion took too long: the caller is told so now, and nothing later.
    mutating func timedOut(_ id: WaitID) -> AwaitReply? {
        guard let terms = calls.removeValue(forKey: id) else { return nil }
        left[id] = terms.cancelOn.includesTimeout
        return terms.reply
    }

    /// The insertion has ended well.
    mutating func arrived(_ id: WaitID) -> Arrival {
        if let terms = calls.removeValue(forKey: id) { return .wait(terms) }
        return left.removeValue(forKey: id) == true ? .cancel : .leave
    }

    /// The insertion has failed; answers whom to tell.
    mutating func failed(_ id: WaitID) -> AwaitReply? {
        left[id] = nil
        return calls.removeValue(forKey: id)?.reply
    }

    /// The engine stops: all callers are told now, and nothing later.
    mutating func failAll() -> [AwaitReply] {
        let replies = calls.sorted { $0.key.number < $1.key.number }.map(\.value.reply)
        for id in calls.keys { left[id] = false }
        calls = [:]
        return replies
    }
}
