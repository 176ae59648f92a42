import RelayCore

/// The last progress report of each attempt that runs here, and which are due to be told elsewhere.
struct ProgressBook {
    private struct Page {
        var attempt: Int
        var value: RelayValue
        var lastSent: MonotonicTime?
    }

    private var pages: [Int64: Page] = [:]
    private var unsent: Set<Int64> = []

    /// Takes a report.
    mutating func report(_ key: AttemptKey, _ value: RelayValue) {
        let lastSent = pages[key.jobID]?.lastSent
        pages[key.jobID] = Page(attempt: key.attempt, value: value, lastSent: lastSent)
        unsent.insert(key.jobID)
    }

    /// The last report of a job that runs here.
    func last(_ jobID: Int64) -> RelayValue? { pages[jobID]?.value }

    /// The job has ended here.
    mutating func forget(_ jobID: Int64) {
        if pages.removeValue(forKey: jobID) != nil { unsent.remove(jobID) }
    }

    /// The reports that may be told elsewhere now: one a job and `interval`.
    mutating func due(interval: Duration, now: MonotonicTime) -> [OutgoingSignal] {
        var signals: [OutgoingSignal] = []
        for id in unsent {
            guard var page = pages[id] else { continue }
            if let last = page.lastSent, now - last < interval { continue }
            page.lastSent = now
            pages[id] = page
            signals.append(.progress(job: id, attempt: page.attempt, value: page.value))
        }
        for case .progress(let job, _, _) in signals { unsent.remove(job) }
        return signals
    }

    /// When the next report may be told elsewhere; nil if none waits.
    func nextDue(interval: Duration) -> MonotonicTime? {
        unsent.compactMap {
            pages[$0].map { ($0.lastSent ?? MonotonicTime(nanoseconds: 0)) + interval }
        }.min()
    }

    /// Nobody elsewhere listens.
    mutating func skip() { unsent.removeAll() }
}
