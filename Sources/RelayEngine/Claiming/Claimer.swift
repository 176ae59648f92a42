import RelayCore

/// Asks for due jobs of the queues served here, as many as there are free slots.
///
/// Woken by a local insert, a hint, the stager, or the poll; one claim a queue is under way at a time, and its slots
/// are spoken for until it ends. It also knows when a queue holds nothing but what was put there from here: then a
/// new job jumps nobody if it runs at once (see ``room(_:free:)``).
struct Claimer {
    /// How many jobs a claim asks for beyond those that are known to wait: the poll's look for what no hint told.
    static let lookahead = 16

    private struct Line {
        /// The due jobs that wait as far as this node knows; nil while there may be any number.
        var known: Int?
        var claim: UnderWay?
    }

    private struct UnderWay {
        var limit: Int
        var number: UInt64
        /// It began without knowing how many jobs there are.
        var isBlind: Bool
    }

    private var lines: [String: Line] = [:]
    /// The queues that may have due jobs which nobody has looked for, those that were woken first before the others.
    private(set) var woken: [String] = []
    private var isWoken: Set<String> = []
    /// The number of the claim, or of the insertion that claims, that began last.
    private(set) var latest: UInt64 = 0

    /// The number of the claim that has been under way for the longest; nil if none is.
    var oldestUnderWay: UInt64? { lines.values.compactMap(\.claim?.number).min() }

    /// The slots that the claim under way speaks for.
    func reserved(_ queue: String) -> Int { lines[queue]?.claim?.limit ?? 0 }

    /// Whether any claim is under way, so that its jobs are not known here yet.
    var anyUnderWay: Bool { lines.values.contains { $0.claim != nil } }

    /// Of the free slots, those for which no job waits in the queue: a new job may take one at once.
    ///
    /// None unless a claim has come back with less than it asked for, and nobody has told of other jobs since. What
    /// another node puts there untold, the next poll finds, and then nothing passes it by any more.
    func room(_ queue: String, free: Int) -> Int {
        guard let line = lines[queue], let known = line.known, line.claim?.isBlind != true else {
            return 0
        }
        return max(0, free - (line.claim?.limit ?? 0) - known)
    }

    /// There may be work in the queue, nobody knows how much.
    mutating func wake(_ queue: String) {
        lines[queue, default: Line()].known = nil
        look(queue)
    }

    /// So many jobs were put into the queue from here.
    mutating func add(_ queue: String, jobs: Int) {
        lines[queue]?.known? += jobs
        look(queue)
    }

    /// Somebody should look whether there is work, though nothing says so.
    mutating func look(_ queue: String) {
        if isWoken.insert(queue).inserted { woken.append(queue) }
    }

    /// The claim to send now, if there may be work, slots are free and none is under way.
    mutating func next(_ queue: String, free: Int, batch: Int) -> ClaimRequest? {
        var line = lines[queue] ?? Line()
        guard free > 0, isWoken.contains(queue), line.claim == nil else { return nil }
        let most = min(free, batch)
        let limit = line.known.map { min(most, $0 + Self.lookahead) } ?? most
        line.claim = UnderWay(limit: limit, number: number(), isBlind: line.known == nil)
        line.known = max(0, (line.known ?? 0) - limit)
        lines[queue] = line
        rest(queue)
        return ClaimRequest(queue: queue, limit: limit)
    }

    /// The number of a claim, or of an insertion that claims, that begins now.
    mutating func number() -> UInt64 {
        latest += 1
        return latest
    }

    /// The claim under way has ended: a full one means that there may be more; nil is one that failed, after which
    /// nothing is known.
    mutating func ended(_ request: ClaimRequest, taken: Int?) {
        lines[request.queue]?.claim = nil
        guard let taken else {
            lines[request.queue]?.known = nil
            return
        }
        if taken >= request.limit { wake(request.queue) }
    }

    /// Nobody serves the queue any more; a claim under way still ends.
    mutating func forget(_ queue: String) {
        lines[queue]?.known = nil
        if lines[queue]?.claim == nil { lines[queue] = nil }
        rest(queue)
    }

    private mutating func rest(_ queue: String) {
        if isWoken.remove(queue) != nil { woken.removeAll { $0 == queue } }
    }
}
