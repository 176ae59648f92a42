import DequeModule
import RelayCore

/// Cancels jobs in batches, for callers and for waits that take their job with them.
struct Canceller {
    private var waiting: Deque<(CancelTarget, CancelReply?)> = []
    private var underWay: [CancelReply?] = []

    /// Whether anything waits or is under way.
    var isBusy: Bool { !waiting.isEmpty || !underWay.isEmpty }

    /// Takes a job to cancel; without a reply nobody waits to hear of it.
    mutating func add(_ target: CancelTarget, reply: CancelReply?) {
        waiting.append((target, reply))
    }

    /// The next batch, if none is under way.
    mutating func nextBatch(limit: Int) -> [CancelTarget]? {
        guard underWay.isEmpty, !waiting.isEmpty else { return nil }
        let batch = Array(waiting.prefix(limit))
        waiting.removeFirst(batch.count)
        underWay = batch.map(\.1)
        return batch.map(\.0)
    }

    /// The batch under way has ended; who is to hear of it, in order.
    mutating func batchEnded() -> [CancelReply?] {
        defer { underWay = [] }
        return underWay
    }
}
