import RelayCore

/// Tells other nodes, in one notify-only transaction at a time; what gathers meanwhile goes with the next.
///
/// Never carries results or refs: a hint names job ids, and the row is the truth.
struct Notifier {
    /// The ids that may wait; past it hints are dropped, since the sweep finds what they would have told.
    static let maxSettled = 50_000

    private var queues: Set<String> = []
    private var settled: [Int64] = []
    private var others: [OutgoingSignal] = []
    private var underWay = false

    /// Whether anything waits or is under way.
    var isBusy: Bool { underWay || !(queues.isEmpty && settled.isEmpty && others.isEmpty) }

    /// Queues have jobs that somebody else may run.
    mutating func available(_ queue: String) { queues.insert(queue) }

    /// A job changed in a way that a waiter elsewhere may care about.
    mutating func settled(_ job: Int64) {
        if settled.count < Self.maxSettled { settled.append(job) }
    }

    /// Anything else.
    mutating func send(_ signal: OutgoingSignal) {
        if others.count < Self.maxSettled { others.append(signal) }
    }

    /// The next batch, if none is under way.
    mutating func nextBatch() -> [OutgoingSignal]? {
        guard !underWay, isBusy else { return nil }
        var batch = others
        if !queues.isEmpty { batch.append(.available(queues: queues)) }
        if !settled.isEmpty { batch.append(.settled(jobs: settled)) }
        queues = []
        settled = []
        others = []
        underWay = true
        return batch
    }

    /// The batch under way has ended, whether it left or not.
    mutating func batchEnded() { underWay = false }
}
