/// One transaction of a batch: units, their results so far, and the first thing that went wrong.
struct Segment {
    /// The first failure; what follows in the transaction is its consequence.
    struct Failure {
        /// Whose statement it was; nil if the commit itself failed.
        var unit: Int?
        /// The statement, if it was prepared in an earlier transaction: then its plan may be at fault.
        var cached: StatementKey?
        var error: PGError
    }

    var units: [Submission]
    var results: [[PGResult]]
    var failure: Failure?
    /// Statements whose preparation failed or was skipped.
    var unprepared: [StatementKey] = []

    init(_ units: [Submission]) {
        self.units = units
        results = units.map { _ in [] }
    }

    /// How often a transaction is shared again after a neighbour failed it, before all its members run alone.
    static let maxBystanderFailures = 2
    /// How often a unit is run again for a fault that is not its own.
    static let maxReruns = 3

    /// What to do once the transaction has ended.
    struct Verdict {
        var answers: [(Submission, Result<[PGResult], PGError>)] = []
        var again: [Submission] = []
        var forget: [StatementKey] = []
        /// Whether all that is prepared is in doubt.
        var forgetsAll = false
        /// Why the session is of no more use, if so.
        var endsSession: PGError?
    }

    /// Judges the transaction once its end was heard; what failed is rolled back for sure.
    func verdict() -> Verdict {
        var verdict = Verdict(forget: unprepared)
        guard let failure else {
            for (unit, results) in zip(units, results) {
                verdict.answers.append((unit, .success(results)))
            }
            return verdict
        }
        let state = failure.error.sqlState
        if state?.endsSession == true { verdict.endsSession = failure.error }
        if isWorthRerun(failure) {
            if state == .invalidStatementName { verdict.forgetsAll = true }
            if let cached = failure.cached { verdict.forget.append(cached) }
            verdict.again = units.map { unit in
                var unit = unit
                unit.reruns += 1
                return unit
            }
            return verdict
        }
        for (index, unit) in units.enumerated() {
            if units.count == 1 || (index == failure.unit && state?.isItsOwnFault == true) {
                verdict.answers.append((unit, .failure(failure.error)))
                continue
            }
            var unit = unit
            unit.bystanderFailures += 1
            unit.isIsolated =
                failure.unit == nil || index == failure.unit
                || unit.bystanderFailures > Self.maxBystanderFailures
            verdict.again.append(unit)
        }
        return verdict
    }

    /// Whether the whole transaction may succeed as it is, with fresh plans, another server, or mere luck.
    private func isWorthRerun(_ failure: Failure) -> Bool {
        guard let state = failure.error.sqlState,
            units.allSatisfy({ $0.reruns < (state.isTransient ? Self.maxReruns : 1) })
        else { return false }
        switch state {
        case .featureNotSupported, .invalidStatementName: return failure.cached != nil
        case .readOnlyTransaction: return true
        default: return state.isTransient
        }
    }
}

extension SQLState {
    /// Whether a neighbour's work in the same transaction cannot have caused it, so that trying alone is a waste.
    fileprivate var isItsOwnFault: Bool {
        self == .queryCanceled || self == .lockNotAvailable
    }
}
