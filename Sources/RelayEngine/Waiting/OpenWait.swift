import RelayCore

/// An open `Await`, or the wait of a `Call`.
struct SingleWait {
    var relay: RelayHandle
    var withRetries: Bool
    var cancelOn: CancelOn
    var reply: AwaitReply
    /// The first read that may say that there is no such job.
    var firstRead: UInt64
    /// Set once the timeout has come: the read that says where the job is.
    var finalRead: UInt64?
}

/// An open `AwaitMany`.
struct GroupWait {
    var relays: [RelayHandle]
    var options: AwaitManyOptions
    var reply: AwaitManyReply
    var firstRead: UInt64
    var finalRead: UInt64?
    /// Which relays are answered.
    var answered: [Bool]
    var openCount: Int
    var okCount = 0
    /// What happened and is not sent yet.
    var events: [AwaitManyEvent] = []
    /// When something was last sent.
    var lastEvent: MonotonicTime
}

/// One relay that somebody waits for: which wait, and which of its relays.
struct WaitMember: Hashable {
    var wait: WaitID
    /// The relay's position in an `AwaitMany`; nil for a single wait.
    var index: Int32?
}

/// All who wait for one job, and what was last seen of it.
struct JobWatch {
    /// What a timeout tells.
    struct Seen {
        var state: JobState
        var attempt: Int
        var queue: String
        /// The ref in the row, which tells who may know more.
        var ref: RelayRef?
    }

    /// The first member is kept apart, since most jobs have only one.
    private var first: WaitMember?
    /// A set, since a hostile caller may wait for one job a hundred thousand times.
    private var more: Set<WaitMember> = []
    var seen: Seen?

    init(_ member: WaitMember, seen: Seen?) {
        first = member
        self.seen = seen
    }

    var isEmpty: Bool { first == nil && more.isEmpty }

    /// All members, the waits that were opened first before the others.
    var members: [WaitMember] {
        let one = first.map { [$0] } ?? []
        if more.isEmpty { return one }
        return (one + more).sorted {
            ($0.wait.number, $0.index ?? 0) < ($1.wait.number, $1.index ?? 0)
        }
    }

    /// How many members there are.
    var count: Int { (first == nil ? 0 : 1) + more.count }

    /// One member of each wait, the one that comes first in it; the waits that were opened first before the others.
    var firstOfEachWait: [WaitMember] {
        if more.isEmpty { return members }
        var firsts: [WaitID: Int32?] = [:]
        for member in more.union(first.map { [$0] } ?? []) {
            if let known = firsts[member.wait], (known ?? 0) <= (member.index ?? 0) { continue }
            firsts[member.wait] = .some(member.index)
        }
        return firsts.map { WaitMember(wait: $0.key, index: $0.value) }
            .sorted { $0.wait.number < $1.wait.number }
    }

    mutating func add(_ member: WaitMember) {
        if isEmpty { first = member } else { more.insert(member) }
    }

    mutating func remove(_ member: WaitMember) {
        if first == member { first = nil } else { more.remove(member) }
    }
}
