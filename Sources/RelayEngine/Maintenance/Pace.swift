import RelayCore

/// Something that is done again and again, with jitter so that nodes don't march in step.
struct Pace {
    private let interval: Duration
    /// When it is next due; nil while one is under way.
    private(set) var next: MonotonicTime?
    /// The next one after the one under way is wanted by then.
    private var hastened: MonotonicTime?

    init(every interval: Duration, from start: MonotonicTime) {
        self.interval = interval
        self.next = start
    }

    /// Whether it is due; if so it counts as under way until `ended`.
    mutating func begin(now: MonotonicTime) -> Bool {
        guard let due = next, now >= due else { return false }
        next = nil
        return true
    }

    /// It has ended; the next is due after the interval, or after `rest`.
    mutating func ended(now: MonotonicTime, rest: Duration? = nil, random: inout SeededGenerator) {
        let regular = now + random.jittered(rest ?? interval)
        next = hastened.map { min($0, regular) } ?? regular
        hastened = nil
    }

    /// It need not be done before the interval, or `rest`, has passed.
    mutating func restart(now: MonotonicTime, rest: Duration?, random: inout SeededGenerator) {
        if next != nil { next = now + random.jittered(rest ?? interval) }
    }

    /// Brings the next one forward.
    mutating func hasten(to time: MonotonicTime) {
        if let due = next {
            next = min(due, time)
        } else {
            hastened = hastened.map { min($0, time) } ?? time
        }
    }
}
