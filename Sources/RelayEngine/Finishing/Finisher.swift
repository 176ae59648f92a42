import DequeModule
import RelayCore

/// Writes outcomes in batches, and keeps each until it is known to be written or fenced off.
struct Finisher {
    /// An outcome on its way to the row.
    struct Item {
        var finish: JobFinish
        /// Nil where nobody waits to hear of it.
        var reply: FinishReply?
    }

    private var waiting: Deque<Item> = []
    private var underWay: [Item] = []
    /// Set after a failed batch: nothing is tried before.
    private(set) var resumeAt: MonotonicTime?
    private var keys: Set<AttemptKey> = []
    /// Outcomes of rows that somebody else has locked: they wait aside, so that nobody waits for them.
    private var resting: [Item] = []
    /// When they are tried again; nil while there are none.
    private(set) var restsUntil: MonotonicTime?

    /// The outcomes that are not written yet.
    var count: Int { waiting.count + underWay.count + resting.count }

    /// Those of them that nothing but their turn keeps from being written.
    var backlog: Int { waiting.count + underWay.count }

    /// Whether the attempt has an outcome that is not written yet.
    func has(_ key: AttemptKey) -> Bool { keys.contains(key) }

    /// Takes an outcome.
    mutating func add(_ item: Item) {
        keys.insert(item.finish.job.key)
        waiting.append(item)
    }

    /// The next batch, if none is under way and no rest is due.
    mutating func nextBatch(limit: Int, now: MonotonicTime) -> [JobFinish]? {
        if let end = restsUntil, now >= end {
            waiting.append(contentsOf: resting)
            resting = []
            restsUntil = nil
        }
        guard underWay.isEmpty, !waiting.isEmpty else { return nil }
        if let resumeAt, now < resumeAt { return nil }
        resumeAt = nil
        let count = min(limit, waiting.count)
        underWay = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        return underWay.map(\.finish)
    }

    /// What became of a batch.
    struct Ended {
        var accepted: [(Item, JobSnapshot)] = []
        var fenced: [Item] = []
        var rejected: [(Item, String)] = []
        var postponed = 0
        var reason = ""
    }

    /// The batch under way has ended: what could not be written stays, in its old order, for after a rest.
    mutating func batchEnded(
        _ results: [Result<FinishReport, StoreError>],
        rest: Duration,
        now: MonotonicTime
    ) -> Ended {
        var ended = Ended()
        var postponed: [Item] = []
        for (item, result) in zip(underWay, results) {
            switch result {
            case .success(.accepted(let snapshot)):
                keys.remove(item.finish.job.key)
                ended.accepted.append((item, snapshot))
            case .success(.fenced):
                keys.remove(item.finish.job.key)
                ended.fenced.append(item)
            case .failure(.rejected(let why)):
                keys.remove(item.finish.job.key)
                ended.rejected.append((item, why))
            case .failure(.busy):
                resting.append(item)
                restsUntil = restsUntil ?? now + rest
            case .failure(let error):
                postponed.append(item)
                ended.reason = "\(error)"
            }
        }
        underWay = []
        if !postponed.isEmpty {
            waiting.insert(contentsOf: postponed, at: 0)
            ended.postponed = postponed.count
            resumeAt = now + rest
        }
        return ended
    }
}
