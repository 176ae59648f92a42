import DequeModule

/// Reads rows for waiters in batches: each id once a batch, one batch under way.
///
/// Reads are numbered, so that a waiter can tell a read that began after it registered from one that began before:
/// only the former may say that there is no such job. Those that a caller waits for go before those of a sweep.
struct Reader {
    private var urgent: Deque<Int64> = []
    private var isUrgent: Set<Int64> = []
    private var swept: Deque<Int64> = []
    private var isSwept: Set<Int64> = []
    private var underWay: [Int64] = []
    private var sequence: UInt64 = 0

    /// Wants a row.
    mutating func want(_ id: Int64) {
        guard isUrgent.insert(id).inserted else { return }
        urgent.append(id)
        isSwept.remove(id)
    }

    /// Wants a row in a sweep.
    mutating func sweep(_ id: Int64) {
        guard !isUrgent.contains(id), isSwept.insert(id).inserted else { return }
        swept.append(id)
    }

    /// The number of the first read that begins from now on.
    var nextSequence: UInt64 { sequence + 1 }

    /// The next batch, if none is under way.
    mutating func nextBatch(limit: Int) -> [Int64]? {
        guard underWay.isEmpty else { return nil }
        let first = min(limit, urgent.count)
        underWay = Array(urgent.prefix(first))
        urgent.removeFirst(first)
        isUrgent.subtract(underWay)
        while underWay.count < limit, let id = swept.popFirst() {
            // It may have become urgent meanwhile.
            if isSwept.remove(id) != nil { underWay.append(id) }
        }
        guard !underWay.isEmpty else { return nil }
        sequence += 1
        return underWay
    }

    /// The batch under way has ended; its number and its ids.
    mutating func batchEnded() -> (sequence: UInt64, ids: [Int64]) {
        defer { underWay = [] }
        return (sequence, underWay)
    }
}
