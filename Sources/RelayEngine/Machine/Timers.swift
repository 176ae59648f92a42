import HeapModule
import RelayCore

/// What is due when, for waits; entries of waits that are over stay until their time and are then ignored.
struct Timers {
    enum Purpose {
        /// The wait's timeout.
        case timeout(WaitID)
        /// The last read before a timeout took too long.
        case finalRead(WaitID)
        /// An `AwaitMany` may have been silent for too long.
        case heartbeat(WaitID)
    }

    private struct Entry: Comparable {
        var time: MonotonicTime
        var purpose: Purpose

        static func < (left: Entry, right: Entry) -> Bool { left.time < right.time }
        static func == (left: Entry, right: Entry) -> Bool { left.time == right.time }
    }

    private var heap = Heap<Entry>()

    /// When something is due next.
    var next: MonotonicTime? { heap.min?.time }

    mutating func add(_ purpose: Purpose, at time: MonotonicTime) {
        heap.insert(Entry(time: time, purpose: purpose))
    }

    /// Takes one that is due.
    mutating func popDue(now: MonotonicTime) -> Purpose? {
        guard let first = heap.min, first.time <= now else { return nil }
        return heap.removeMin().purpose
    }
}
