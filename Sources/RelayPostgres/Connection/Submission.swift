/// A unit that waits or is under way, and who is to hear of it.
struct Submission: Sendable {
    typealias Reply = @Sendable (Result<[PGResult], PGError>) -> Void

    let statements: [EncodedStatement]
    let alone: Bool
    let deadline: ContinuousClock.Instant
    /// What it counts against the bound on queued bytes.
    let cost: Int
    /// Nil once answered, and for the session's own set-up.
    var reply: Reply?
    /// Whether it must no longer share a transaction, since one that it shared has failed.
    var isIsolated = false
    /// How often a transaction that it shared failed by a neighbour's fault.
    var bystanderFailures = 0
    /// How often it was run again by a fault that is not its own, such as a stale plan or a deadlock.
    var reruns = 0

    /// Deadlines further away are cut to this, which keeps the clock from overflowing.
    static let maxDeadline = Duration.seconds(86_400)

    /// Encodes a unit.
    ///
    /// - Throws: `PGError` with the code `server`, as the server would have answered.
    init(_ unit: PGUnit, now: ContinuousClock.Instant, reply: Reply?) throws(PGError) {
        var statements: [EncodedStatement] = []
        statements.reserveCapacity(unit.statements.count)
        for statement in unit.statements { statements.append(try EncodedStatement(statement)) }
        self.statements = statements
        alone = unit.alone
        deadline = now + min(unit.deadline, Self.maxDeadline)
        cost = statements.reduce(256) { $0 + $1.cost }
        self.reply = reply
    }
}
