internal import DequeModule

/// The units that wait for a batch, in the order in which they will be sent.
struct UnitQueue {
    /// How much one batch may hold.
    struct Bounds {
        var units: Int
        var bytes: Int
        var segments: Int
    }

    /// Looking for late units costs a walk over all, so it is not done more often.
    static let minExpiryInterval = Duration.milliseconds(5)

    /// Units whose transaction was rolled back; they go first.
    private var again: Deque<Submission> = []
    private var fresh: Deque<Submission> = []
    /// No unit is due before this; some may be due later.
    private var earliest: ContinuousClock.Instant?
    private var nextExpiry: ContinuousClock.Instant?

    var isEmpty: Bool { again.isEmpty && fresh.isEmpty }

    /// Whether units wait that were sent once and rolled back.
    var hasReruns: Bool { !again.isEmpty }

    /// Adds a unit behind the others.
    mutating func add(_ unit: Submission) {
        fresh.append(unit)
        noteDeadline(unit)
    }

    /// Adds units whose transaction was rolled back, behind others of that kind.
    mutating func addAgain(_ units: [Submission]) {
        again.append(contentsOf: units)
        for unit in units { noteDeadline(unit) }
    }

    /// Puts back units that were taken and not sent.
    mutating func putBack(_ units: [Submission]) {
        again.prepend(contentsOf: units)
        for unit in units { noteDeadline(unit) }
    }

    private mutating func noteDeadline(_ unit: Submission) {
        earliest = earliest.map { min($0, unit.deadline) } ?? unit.deadline
    }

    /// Takes the next batch: transactions, each with its units.
    ///
    /// Neighbours share a transaction unless one of them is alone, so the order is kept.
    mutating func nextBatch(_ bounds: Bounds) -> [[Submission]] {
        var segments: [[Submission]] = []
        var units = 0
        var bytes = 0
        var isOpen = false
        while let next = again.first ?? fresh.first {
            let isSingle = next.alone || next.isIsolated
            let opens = isSingle || !isOpen
            let fits =
                units < bounds.units && bytes + next.cost <= bounds.bytes
                && (!opens || segments.count < bounds.segments)
            guard fits || units == 0 else { break }
            _ = again.popFirst() ?? fresh.popFirst()
            if opens { segments.append([next]) } else { segments[segments.count - 1].append(next) }
            isOpen = !isSingle
            units += 1
            bytes += next.cost
        }
        if isEmpty { earliest = nil }
        return segments
    }

    /// When to look for late units next.
    var expiry: ContinuousClock.Instant? {
        earliest.map { earliest in nextExpiry.map { max($0, earliest) } ?? earliest }
    }

    /// Takes the units that have waited too long.
    mutating func takeExpired(now: ContinuousClock.Instant) -> [Submission] {
        guard let expiry, expiry <= now else { return [] }
        nextExpiry = now + Self.minExpiryInterval
        let late = Array(again.filter { $0.deadline <= now }) + fresh.filter { $0.deadline <= now }
        if !late.isEmpty {
            again.removeAll { $0.deadline <= now }
            fresh.removeAll { $0.deadline <= now }
        }
        earliest = nil
        for unit in again { noteDeadline(unit) }
        for unit in fresh { noteDeadline(unit) }
        return late
    }

    /// Takes all that was never sent.
    mutating func takeFresh() -> [Submission] {
        defer { fresh = [] }
        return Array(fresh)
    }

    /// Takes everything.
    mutating func takeAll() -> [Submission] {
        defer { (again, fresh, earliest) = ([], [], nil) }
        return Array(again) + Array(fresh)
    }
}
