/// How long to rest before the next attempt to connect: doubled each time, never in step with others.
struct Backoff {
    private let range: ClosedRange<Duration>
    /// Attempts that failed in a row.
    private(set) var failures = 0

    init(_ range: ClosedRange<Duration>) {
        self.range = range
    }

    /// The connection is lost or was not made, after this long in working order.
    mutating func failed(after uptime: Duration) {
        // A server that lets us in only to throw us out again deserves patience too.
        if uptime > range.upperBound { failures = 0 }
        failures += 1
    }

    /// The next rest, by a random number of 0 to 1.
    func delay(random: Double) -> Duration {
        var delay = range.lowerBound
        for _ in 1..<max(1, min(failures, 32)) where delay < range.upperBound {
            delay = delay * 2
        }
        return min(delay, range.upperBound) * (0.5 + random / 2)
    }
}
