import RelayCore

/// The jobs that were heard of as settled a moment ago, when nobody here waited for them yet: whoever begins to wait
/// now must read the row at once, since that hint won't come again.
struct RecentJobs {
    /// How many ids a generation holds at most; a waiter that finds none relies on the sweep.
    static let capacity = 20_000
    /// How long a generation lasts, in which a waiter may still come.
    static let generation = Duration.seconds(2)

    private var young: Set<Int64> = []
    private var old: Set<Int64> = []
    private var turnsAt = MonotonicTime(nanoseconds: .min)

    /// A job was settled.
    mutating func insert(_ id: Int64, now: MonotonicTime) {
        if now >= turnsAt {
            old = young
            young = []
            turnsAt = now + Self.generation
        }
        if young.count < Self.capacity { young.insert(id) }
    }

    /// Whether the job was settled a moment ago.
    func contains(_ id: Int64) -> Bool { young.contains(id) || old.contains(id) }
}
