import RelayCore

/// Asks for due jobs of the queues served here, exactly as many as there are free slots.
///
/// Woken by a local insert, a hint, the stager, or the poll; one claim a queue is under way at a time, and its slots
/// are spoken for until it ends.
struct Claimer {
    private struct UnderWay {
        var limit: Int
        var number: UInt64
    }

    /// The claims under way, by queue.
    private var underWay: [String: UnderWay] = [:]
    /// The queues that may have due jobs which nobody has looked for, those that were woken first before the others.
    private(set) var woken: [String] = []
    private var isWoken: Set<String> = []
    /// The number of the claim that began last.
    private(set) var latest: UInt64 = 0

    /// The number of the claim that has been under way for the longest; nil if none is.
    var oldestUnderWay: UInt64? { underWay.values.map(\.number).min() }

    /// The slots that the claim under way speaks for.
    func reserved(_ queue: String) -> Int { underWay[queue]?.limit ?? 0 }

    /// Whether any claim is under way, so that its jobs are not known here yet.
    var anyUnderWay: Bool { !underWay.isEmpty }

    /// There may be work in the queue.
    mutating func wake(_ queue: String) {
        if isWoken.insert(queue).inserted { woken.append(queue) }
    }

    /// The claim to send now, if there may be work, slots are free and none is under way.
    mutating func next(_ queue: String, free: Int, batch: Int) -> ClaimRequest? {
        guard free > 0, isWoken.contains(queue), underWay[queue] == nil else { return nil }
        let limit = min(free, batch)
        forget(queue)
        latest += 1
        underWay[queue] = UnderWay(limit: limit, number: latest)
        return ClaimRequest(queue: queue, limit: limit)
    }

    /// The claim under way has ended: a full one means that there may be more.
    mutating func ended(_ request: ClaimRequest, taken: Int) {
        underWay[request.queue] = nil
        if taken >= request.limit { wake(request.queue) }
    }

    /// Nobody serves the queue any more; a claim under way still ends.
    mutating func forget(_ queue: String) {
        if isWoken.remove(queue) != nil { woken.removeAll { $0 == queue } }
    }
}
