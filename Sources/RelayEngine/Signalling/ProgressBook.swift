import DequeModule
import RelayCore

/// The last progress report of each attempt that runs here, and which are due to be told elsewhere.
///
/// A job that was told of rests before it is told of again; what is reported meanwhile replaces what was.
struct ProgressBook {
    private struct Page {
        var attempt: Int
        var value: RelayValue
        var isUnsent = false
        var restsUntil: MonotonicTime?
    }

    /// Rests end at multiples of this, so that many jobs are few wake-ups.
    private static let grain: Int64 = 10_000_000

    private var pages: [Int64: Page] = [:]
    /// The jobs to be told of now.
    private var fresh: [Int64] = []
    /// The jobs that rest, in the order in which they may be told of again.
    private var resting: Deque<(id: Int64, until: MonotonicTime)> = []
    private var unsentCount = 0

    /// How many reports are kept.
    var count: Int { pages.count }

    /// Takes a report.
    mutating func report(_ key: AttemptKey, _ value: RelayValue) {
        let id = key.jobID
        var page = pages[id] ?? Page(attempt: key.attempt, value: value)
        page.attempt = key.attempt
        page.value = value
        if !page.isUnsent {
            page.isUnsent = true
            unsentCount += 1
            if page.restsUntil == nil { fresh.append(id) }
        }
        pages[id] = page
    }

    /// The last report of a job that runs here.
    func last(_ jobID: Int64) -> RelayValue? { pages[jobID]?.value }

    /// The job has ended here.
    mutating func forget(_ jobID: Int64) {
        if pages.removeValue(forKey: jobID)?.isUnsent == true { unsentCount -= 1 }
    }

    /// The reports that may be told elsewhere now: one a job and `interval`.
    mutating func due(interval: Duration, now: MonotonicTime) -> [OutgoingSignal] {
        while let first = resting.first, first.until <= now {
            resting.removeFirst()
            guard var page = pages[first.id], page.restsUntil == first.until else { continue }
            page.restsUntil = nil
            pages[first.id] = page
            if page.isUnsent { fresh.append(first.id) }
        }
        let end = (now + interval).nanoseconds
        let until = MonotonicTime(nanoseconds: (end / Self.grain + 1) * Self.grain)
        var signals: [OutgoingSignal] = []
        for id in fresh {
            guard var page = pages[id], page.isUnsent else { continue }
            page.isUnsent = false
            unsentCount -= 1
            page.restsUntil = until
            pages[id] = page
            resting.append((id, until))
            signals.append(.progress(job: id, attempt: page.attempt, value: page.value))
        }
        fresh.removeAll(keepingCapacity: true)
        return signals
    }

    /// When the next report may be told elsewhere; nil if none waits.
    var nextDue: MonotonicTime? { unsentCount > 0 ? resting.first?.until : nil }
}
