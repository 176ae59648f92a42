/// Reads rows for waiters in batches: each id once a batch, one batch under way.
///
/// Reads are numbered, so that a waiter can tell a read that began after it registered from one that began before:
/// only the former may say that there is no such job.
struct Reader {
    private var wanted: [Int64] = []
    private var isWanted: Set<Int64> = []
    private var underWay: [Int64] = []
    private var sequence: UInt64 = 0

    /// Wants a row; answers the number of the first read that can have it.
    @discardableResult
    mutating func want(_ id: Int64) -> UInt64 {
        if isWanted.insert(id).inserted { wanted.append(id) }
        return sequence + 1
    }

    /// The number of the first read that begins from now on.
    var nextSequence: UInt64 { sequence + 1 }

    /// The next batch, if none is under way.
    mutating func nextBatch(limit: Int) -> [Int64]? {
        guard underWay.isEmpty, !wanted.isEmpty else { return nil }
        if wanted.count <= limit {
            underWay = wanted
            wanted = []
            isWanted = []
        } else {
            underWay = Array(wanted.prefix(limit))
            wanted.removeFirst(limit)
            isWanted.subtract(underWay)
        }
        sequence += 1
        return underWay
    }

    /// The batch under way has ended; its number and its ids.
    mutating func batchEnded() -> (sequence: UInt64, ids: [Int64]) {
        defer { underWay = [] }
        return (sequence, underWay)
    }
}
