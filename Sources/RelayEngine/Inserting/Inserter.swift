import DequeModule
import RelayCore

/// Gathers the jobs of many callers into one statement and one commit.
///
/// At once when idle, else with all that came while the last batch was under way. It never sleeps to gather.
struct Inserter {
    /// Who wants the jobs, and what is to happen once they are in.
    enum Purpose {
        case async(AsyncReply)
        case call(WaitID)
    }

    private struct Waiting {
        var request: InsertRequest
        var purpose: Purpose
    }

    private var waiting: Deque<Waiting> = []
    private var underWay: [Purpose] = []
    /// The slots that the batch under way speaks for, by queue.
    private var dispatched: [String: Int] = [:]
    /// The number of the batch under way among the claims; nil if it claims nothing.
    private(set) var claim: UInt64?
    /// The jobs that wait, which is what the limit counts.
    private(set) var queuedJobs = 0

    /// Whether anything waits or is under way.
    var isBusy: Bool { !waiting.isEmpty || !underWay.isEmpty }

    /// Takes a request.
    mutating func add(_ request: InsertRequest, for purpose: Purpose) {
        queuedJobs += request.jobs.count
        waiting.append(Waiting(request: request, purpose: purpose))
    }

    /// The next batch, if none is under way and something waits; at least one request whatever its size.
    mutating func nextBatch(limit: Int) -> [InsertRequest]? {
        guard underWay.isEmpty, !waiting.isEmpty else { return nil }
        var batch: [InsertRequest] = []
        var jobs = 0
        while let next = waiting.first, batch.isEmpty || jobs + next.request.jobs.count <= limit {
            waiting.removeFirst()
            jobs += next.request.jobs.count
            batch.append(next.request)
            underWay.append(next.purpose)
        }
        queuedJobs -= jobs
        return batch
    }

    /// The batch under way claims so many jobs, by queue, under this number.
    mutating func dispatches(_ jobs: [String: Int], claim number: UInt64) {
        dispatched = jobs
        claim = number
    }

    /// The slots of a queue that the batch under way speaks for.
    func reserved(_ queue: String) -> Int { dispatched[queue] ?? 0 }

    /// The batch under way has ended; its members' purposes in their order.
    mutating func batchEnded() -> [Purpose] {
        defer { underWay = [] }
        dispatched = [:]
        claim = nil
        return underWay
    }
}
