import HeapModule
import RelayCore

/// What is due when, for waits; entries of waits that are over stay until their time, or until they are too many.
///
/// Times are rounded up to a grain, so that thousands of timeouts a second are few wake-ups.
struct Timers {
    enum Purpose {
        /// The wait's timeout.
        case timeout(WaitID)
        /// The last read before a timeout took too long.
        case finalRead(WaitID)
        /// The insertion of a call's job took too long.
        case insertion(WaitID)
        /// An `AwaitMany` may have been silent for too long.
        case heartbeat(WaitID)

        var wait: WaitID {
            switch self {
            case .timeout(let id), .finalRead(let id), .insertion(let id), .heartbeat(let id): id
            }
        }
    }

    /// How exact times are, in nanoseconds.
    static let grain: Int64 = 8_000_000

    private var slots: [Int64: [Purpose]] = [:]
    private var order = Heap<Int64>()
    /// How many there are, with those of waits that are over.
    private(set) var count = 0

    /// When something is due next.
    var next: MonotonicTime? { order.min.map { MonotonicTime(nanoseconds: $0 * Self.grain) } }

    mutating func add(_ purpose: Purpose, at time: MonotonicTime) {
        let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: Self.grain)
        let slot = rest > 0 && whole < Int64.max / Self.grain ? whole + 1 : whole
        if slots[slot] == nil { order.insert(slot) }
        slots[slot, default: []].append(purpose)
        count += 1
    }

    /// Takes what is due at the earliest time, if that has come.
    mutating func takeDue(now: MonotonicTime) -> [Purpose]? {
        guard let next, next <= now, let slot = order.popMin() else { return nil }
        let due = slots.removeValue(forKey: slot) ?? []
        count -= due.count
        return due
    }

    /// Drops the entries of waits that are over.
    mutating func keep(_ isOpen: (WaitID) -> Bool) {
        slots = slots.compactMapValues { purposes in
            let kept = purposes.filter { isOpen($0.wait) }
            return kept.isEmpty ? nil : kept
        }
        order = Heap(slots.keys)
        count = slots.values.reduce(0) { $0 + $1.count }
    }
}
