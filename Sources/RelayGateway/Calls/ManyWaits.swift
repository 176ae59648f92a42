internal import RelayCore
internal import RelayEngine

/// An open `AwaitMany`: one wait for each instance that its relays are of.
struct ManyWaits {
    /// The relays of one instance, and where they stand in the request.
    struct Part {
        let engine: any CallEngine
        let wait: WaitID
        /// Nil where they are the whole request.
        let indices: [Int]?
        /// The relays, where progress reports are wanted, which name theirs.
        let handles: [RelayHandle]?
        var isOpen = true
    }

    private var parts: [Part]
    private var openParts: Int
    private var okCount = 0
    private let stopAfter: Int
    private let failFast: Bool

    init(parts: [Part], options: AwaitManyOptions) {
        self.parts = parts
        self.openParts = parts.count
        self.stopAfter = options.stopAfter
        self.failFast = options.failFast
    }

    /// What an event of a part means for the whole.
    enum Verdict {
        /// Send it, with the index that it has in the request.
        case send(index: Int)
        /// Send it, then end the call with OK: an answer was enough.
        case sendAndEnd(index: Int)
        case heartbeat
        /// End the call; nil is OK.
        case end(RelayError?)
        case ignore
    }

    /// A part says something.
    mutating func received(_ event: AwaitManyEvent, part: Int) -> Verdict {
        guard parts.indices.contains(part), parts[part].isOpen else { return .ignore }
        switch event {
        case .answer(let index, let answer):
            guard let index = whole(index, part: part) else { return .ignore }
            // One part counts for itself, in the engine.
            guard parts.count > 1 else { return .send(index: index) }
            if case .ok = answer.outcome {
                okCount += 1
                let enough = stopAfter > 0 && okCount >= stopAfter
                return enough ? .sendAndEnd(index: index) : .send(index: index)
            }
            return failFast ? .sendAndEnd(index: index) : .send(index: index)
        case .progress(let index, _):
            return whole(index, part: part).map { .send(index: $0) } ?? .ignore
        case .heartbeat:
            return .heartbeat
        case .finished(let error):
            parts[part].isOpen = false
            openParts -= 1
            return error != nil || openParts == 0 ? .end(error) : .ignore
        }
    }

    /// Leaves the waits that are still open.
    func abandon() {
        for part in parts where part.isOpen { part.engine.abandon(part.wait) }
    }

    /// The relay at an index of a part; nil where nobody asked for progress.
    func handle(_ index: Int, part: Int) -> RelayHandle? {
        guard parts.indices.contains(part), let handles = parts[part].handles,
            handles.indices.contains(index)
        else { return nil }
        return handles[index]
    }

    private func whole(_ index: Int, part: Int) -> Int? {
        guard let indices = parts[part].indices else { return index }
        return indices.indices.contains(index) ? indices[index] : nil
    }
}
