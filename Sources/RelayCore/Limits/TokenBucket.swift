/// So many a second, and so many at once after a rest.
package struct Rate: Sendable, Hashable {
    /// How many a second in the long run, more than 0.
    package var perSecond: Double
    /// How many at once, at least 1.
    package var burst: Double

    /// Makes one.
    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// What is left of a rate now: full at first.
package struct TokenBucket: Sendable, Hashable {
    private let rate: Rate
    private var level: Double
    private var at: MonotonicTime

    /// Makes a full one.
    package init(_ rate: Rate, now: MonotonicTime) {
        self.rate = rate
        level = rate.burst
        at = now
    }

    /// How long until one is left; nil if it is now.
    package func wait(now: MonotonicTime) -> Duration? {
        let level = level(now: now)
        return level >= 1 ? nil : .seconds((1 - level) / rate.perSecond)
    }

    /// Takes one, left or not.
    package mutating func spend(now: MonotonicTime) {
        level = max(0, level(now: now) - 1)
        at = now
    }

    /// Whether all of it is left, so that forgetting it changes nothing.
    package func isFull(now: MonotonicTime) -> Bool { level(now: now) >= rate.burst }

    private func level(now: MonotonicTime) -> Double {
        min(rate.burst, level + max(0, (now - at) / .seconds(1)) * rate.perSecond)
    }
}

/// A rate for each of many names, of which only those that used some are remembered.
package struct RateBook: Sendable {
    private let rate: Rate
    private let capacity: Int
    private var buckets: [String: TokenBucket] = [:]

    /// Makes an empty one that remembers at most `capacity` names.
    package init(_ rate: Rate, capacity: Int) {
        self.rate = rate
        self.capacity = capacity
    }

    /// How many names are remembered.
    package var count: Int { buckets.count }

    /// How long the name has to wait; nil if not at all.
    package func wait(_ name: String, now: MonotonicTime) -> Duration? {
        buckets[name]?.wait(now: now)
    }

    /// Counts one of the name's.
    package mutating func spend(_ name: String, now: MonotonicTime) {
        if buckets[name] == nil, buckets.count >= capacity { makeRoom(now: now) }
        buckets[name, default: TokenBucket(rate, now: now)].spend(now: now)
    }

    /// Forgets those that have rested, and where none has, one: memory is bounded whoever comes.
    private mutating func makeRoom(now: MonotonicTime) {
        buckets = buckets.filter { !$0.value.isFull(now: now) }
        if buckets.count >= capacity, let any = buckets.keys.first { buckets[any] = nil }
    }
}
