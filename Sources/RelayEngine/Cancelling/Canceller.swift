import DequeModule
import RelayCore

/// Cancels jobs in batches, for callers and for waits that take their job with them.
struct Canceller {
    private var waiting: Deque<(CancelTarget, CancelReply?)> = []
    private var underWay: [(CancelTarget, CancelReply?)] = []
    /// What nobody waits to hear of and could not be done: it is tried again.
    private var resting: [CancelTarget] = []
    /// When that is; nil while there is none.
    private(set) var restsUntil: MonotonicTime?

    /// The most cancellations that are kept for another try.
    private static let maxResting = 100_000

    /// Whether anything waits or is under way.
    var isBusy: Bool { !waiting.isEmpty || !underWay.isEmpty }

    /// Takes a job to cancel; without a reply nobody waits to hear of it.
    mutating func add(_ target: CancelTarget, reply: CancelReply?) {
        waiting.append((target, reply))
    }

    /// The next batch, if none is under way.
    mutating func nextBatch(limit: Int, now: MonotonicTime) -> [CancelTarget]? {
        if let end = restsUntil, now >= end {
            for target in resting { waiting.append((target, nil)) }
            resting = []
            restsUntil = nil
        }
        guard underWay.isEmpty, !waiting.isEmpty else { return nil }
        let batch = Array(waiting.prefix(limit))
        waiting.removeFirst(batch.count)
        underWay = batch
        return batch.map(\.0)
    }

    /// The batch under way has ended; who is to hear of it, in order.
    mutating func batchEnded() -> [CancelReply?] {
        defer { underWay = [] }
        return underWay.map(\.1)
    }

    /// The batch under way has failed; who is to hear of it.
    ///
    /// What nobody hears of is tried again after a rest.
    mutating func batchFailed(rest: Duration, now: MonotonicTime) -> [CancelReply] {
        let again = underWay.filter { $0.1 == nil }.map(\.0)
        let replies = underWay.compactMap(\.1)
        underWay = []
        resting += again.prefix(Self.maxResting - min(resting.count, Self.maxResting))
        if !resting.isEmpty { restsUntil = restsUntil ?? now + rest }
        return replies
    }
}
