internal import DequeModule

/// The batch under way, as a value: the order of what libpq will hand out is known beforehand, and a transaction is
/// judged only when its end is heard.
struct Flight {
    private enum Expected {
        /// Then an end.
        case preparation(unit: Int, StatementKey)
        /// Then an end.
        case statement(unit: Int, cached: StatementKey?)
        /// Without an end.
        case sync
    }

    /// What follows from something that has arrived.
    enum Step {
        /// More is to come.
        case more
        /// A transaction has ended.
        case ended(Segment)
        /// It cannot come here, or says that the connection is gone.
        case lost(PGError)
    }

    /// After a failed commit libpq may or may not give an end before the sync.
    private static let maxEndsBeforeSync = 2

    private var segments: Deque<Segment> = []
    private var expected: Deque<Expected> = []
    /// Whether the result has come for which the end is awaited.
    private var hasResult = false
    private var endsBeforeSync = 0
    /// No unit that awaits an answer is due before this.
    private(set) var firstDeadline: ContinuousClock.Instant?
    /// When the last unit of the batch is due: a server that has not answered everything by then hangs.
    private(set) var lastDeadline: ContinuousClock.Instant?

    /// Whether everything has come back.
    var isDone: Bool { expected.isEmpty && segments.isEmpty }

    // MARK: Sending

    /// Begins a transaction.
    mutating func begin(_ units: [Submission]) {
        segments.append(Segment(units))
        for unit in units {
            lastDeadline = lastDeadline.map { max($0, unit.deadline) } ?? unit.deadline
            guard unit.reply != nil else { continue }
            firstDeadline = firstDeadline.map { min($0, unit.deadline) } ?? unit.deadline
        }
    }

    /// The preparation of a statement of the n-th unit was sent.
    mutating func sentPreparation(unit: Int, _ key: StatementKey) {
        expected.append(.preparation(unit: unit, key))
    }

    /// A statement of the n-th unit was sent; `cached` if it was prepared earlier.
    mutating func sentStatement(unit: Int, cached: StatementKey?) {
        expected.append(.statement(unit: unit, cached: cached))
    }

    /// The end of the transaction was sent.
    mutating func sentSync() { expected.append(.sync) }

    // MARK: Receiving

    /// Something has arrived.
    mutating func received(_ received: Received) -> Step {
        guard let next = expected.first, !segments.isEmpty else { return .lost(.confused) }
        if case .lost(let error) = received { return .lost(error) }
        if case .failed(let error) = received, error.sqlState?.isShutdown == true {
            // Nothing after this can be relied on, not even that the transaction is rolled back.
            return .lost(error)
        }
        switch next {
        case .sync:
            return receivedBeforeSync(received)
        case .preparation(let unit, let key):
            switch received {
            case .result, .aborted, .failed:
                guard !hasResult else { return .lost(.confused) }
                hasResult = true
                if case .result = received { return .more }
                segments[0].unprepared.append(key)
                if case .failed(let error) = received { blame(unit, nil, error) }
                return .more
            case .end:
                return receivedEnd()
            case .sync, .lost:
                return .lost(.confused)
            }
        case .statement(let unit, let cached):
            switch received {
            case .result(let result):
                guard !hasResult else { return .lost(.confused) }
                hasResult = true
                segments[0].results[unit].append(result)
                return .more
            case .failed(let error):
                hasResult = true
                blame(unit, cached, error)
                return .more
            case .aborted:
                // Success must never be concluded from silence.
                guard segments[0].failure != nil else { return .lost(.confused) }
                hasResult = true
                return .more
            case .end:
                return receivedEnd()
            case .sync, .lost:
                return .lost(.confused)
            }
        }
    }

    private mutating func blame(_ unit: Int?, _ cached: StatementKey?, _ error: PGError) {
        guard segments[0].failure == nil else { return }
        segments[0].failure = Segment.Failure(unit: unit, cached: cached, error: error)
    }

    private mutating func receivedEnd() -> Step {
        guard hasResult else { return .lost(.confused) }
        hasResult = false
        expected.removeFirst()
        return .more
    }

    private mutating func receivedBeforeSync(_ received: Received) -> Step {
        switch received {
        case .sync:
            endsBeforeSync = 0
            expected.removeFirst()
            let ended = segments.removeFirst()
            if isDone { self = Flight() }
            return .ended(ended)
        case .failed(let error):
            // The commit failed, for instance by a deferred constraint.
            blame(nil, nil, error)
            return .more
        case .end where endsBeforeSync < Self.maxEndsBeforeSync:
            endsBeforeSync += 1
            return .more
        case .end, .result, .aborted, .lost:
            return .lost(.confused)
        }
    }

    // MARK: Ending early

    /// Takes the units that are due though the batch is still under way; they need no answer later.
    mutating func takeExpired(now: ContinuousClock.Instant) -> [Submission] {
        guard let firstDeadline, firstDeadline <= now else { return [] }
        var late: [Submission] = []
        var next: ContinuousClock.Instant?
        for segment in segments.indices {
            for unit in segments[segment].units.indices {
                let open = segments[segment].units[unit]
                guard open.reply != nil else { continue }
                if open.deadline <= now {
                    late.append(open)
                    segments[segment].units[unit].reply = nil
                } else {
                    next = next.map { min($0, open.deadline) } ?? open.deadline
                }
            }
        }
        self.firstDeadline = next
        return late
    }

    /// Ends the batch; the units whose fate is unknown.
    mutating func abandon() -> [Submission] {
        defer { self = Flight() }
        return segments.flatMap(\.units)
    }
}

extension PGError {
    fileprivate static let confused = PGError(
        .connect,
        message: "results came in an order that libpq does not have"
    )
}
