import RelayCore

/// Asks for due jobs of the queues served here, exactly as many as there are free slots.
///
/// Woken by a local insert, a hint, the stager, or the poll; one claim a queue is under way at a time, and its slots
/// are spoken for until it ends.
struct Claimer {
    /// The limits of the claims under way, by queue.
    private var underWay: [String: Int] = [:]
    /// The queues that may have due jobs which nobody has looked for.
    private(set) var woken: Set<String> = []

    /// The slots that the claim under way speaks for.
    func reserved(_ queue: String) -> Int { underWay[queue] ?? 0 }

    /// Whether any claim is under way, so that its jobs are not known here yet.
    var anyUnderWay: Bool { !underWay.isEmpty }

    /// There may be work in the queue.
    mutating func wake(_ queue: String) { woken.insert(queue) }

    /// The claim to send now, if there may be work, slots are free and none is under way.
    mutating func next(_ queue: String, free: Int, batch: Int) -> ClaimRequest? {
        guard free > 0, woken.contains(queue), underWay[queue] == nil else { return nil }
        let limit = min(free, batch)
        woken.remove(queue)
        underWay[queue] = limit
        return ClaimRequest(queue: queue, limit: limit)
    }

    /// The claim under way has ended: a full one means that there may be more.
    mutating func ended(_ request: ClaimRequest, taken: Int) {
        underWay[request.queue] = nil
        if taken >= request.limit { woken.insert(request.queue) }
    }

    /// Nobody serves the queue any more; a claim under way still ends.
    mutating func forget(_ queue: String) { woken.remove(queue) }
}
