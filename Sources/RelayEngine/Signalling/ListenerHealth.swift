import RelayCore

/// Whether hints get through, and which other nodes are there: judged by the hellos that come in.
///
/// A listener can go deaf while its connection looks alive (research/reliability.md §1.1), so this node's own hello,
/// sent through the notifier, must come back.
struct ListenerHealth {
    /// How long a node that said nothing is still taken to be there, in hellos.
    static let missedHellos = 3.0
    /// How many nodes are remembered; the names come from hints, which anybody may forge.
    static let maxNodes = 1_000

    enum Change: Equatable { case none, sick, well }

    private(set) var isWell = true
    private var expected: (nonce: UInt64, since: MonotonicTime)?
    private var heard: [String: MonotonicTime] = [:]

    /// A hello is sent now.
    mutating func sent(nonce: UInt64, now: MonotonicTime) {
        if expected == nil { expected = (nonce, now) }
    }

    /// When the hello that is under way counts as lost.
    func deadline(timeout: Duration) -> MonotonicTime? {
        isWell ? expected.map { $0.since + timeout } : nil
    }

    /// Looks whether a hello is overdue.
    mutating func check(timeout: Duration, now: MonotonicTime) -> Change {
        guard let expected, now >= expected.since + timeout else { return .none }
        self.expected = nil
        defer { isWell = false }
        return isWell ? .sick : .none
    }

    /// A node said hello; answers whether it is new.
    mutating func heard(
        _ node: String,
        nonce: UInt64,
        mine: Bool,
        now: MonotonicTime
    ) -> (change: Change, isNew: Bool) {
        guard mine else {
            let isNew = heard[node] == nil
            guard !isNew || heard.count < Self.maxNodes else { return (.none, false) }
            heard[node] = now
            return (.none, isNew)
        }
        guard let expected, expected.nonce == nonce else { return (.none, false) }
        self.expected = nil
        defer { isWell = true }
        return (isWell ? .none : .well, false)
    }

    /// The listening connection is gone.
    mutating func lost() -> Change {
        defer { isWell = false }
        return isWell ? .sick : .none
    }

    /// The listening connection is back.
    mutating func restored() -> Change {
        defer { isWell = true }
        expected = nil
        return isWell ? .none : .well
    }

    /// Whether another node was heard of lately.
    func othersPresent(hello: Duration, now: MonotonicTime) -> Bool {
        heard.values.contains { now - $0 < hello * Self.missedHellos }
    }

    /// Forgets nodes that have been silent.
    mutating func forgetSilent(hello: Duration, now: MonotonicTime) {
        heard = heard.filter { now - $0.value < hello * Self.missedHellos }
    }
}
