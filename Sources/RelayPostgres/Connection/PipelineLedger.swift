/// What was sent in a batch and what has come back, as a value: the order of libpq's results is known beforehand, and
/// a transaction is judged only when its end is heard.
struct PipelineLedger {
    /// One transaction of a batch.
    struct Segment {
        var units: [PendingUnit]
        /// The results so far, by unit.
        var results: [[PGResult]]
        /// The first failure, and the unit whose statement it was; nil where the commit itself failed.
        var failure: (unit: Int?, sql: String?, error: PGError)?
        /// The statements whose preparation failed or was skipped.
        var unprepared: [String] = []

        init(units: [PendingUnit]) {
            self.units = units
            results = Array(repeating: [], count: units.count)
        }

        /// Only the first failure is anybody's fault; the rest follow from it.
        mutating func blame(_ unit: Int?, _ sql: String?, _ error: PGError) {
            if failure == nil { failure = (unit, sql, error) }
        }
    }

    private enum Expected {
        case prepared(unit: Int, sql: String)
        case results(unit: Int, sql: String)
        case sync
    }

    private var expected: [Expected] = []
    private var position = 0
    private var segments: [Segment] = []
    private var current = 0

    /// Whether everything has come back.
    var isDone: Bool { position == expected.count }

    /// Begins a transaction.
    mutating func begin(_ units: [PendingUnit]) { segments.append(Segment(units: units)) }

    mutating func sentPrepare(unit: Int, sql: String) {
        expected.append(.prepared(unit: unit, sql: sql))
    }

    mutating func sentExecute(unit: Int, sql: String) {
        expected.append(.results(unit: unit, sql: sql))
    }

    mutating func sentSync() { expected.append(.sync) }

    enum Step {
        /// More is to come.
        case none
        /// Nothing more can be read before the socket says so.
        case pause
        /// A transaction has ended.
        case ended(Segment)
        /// Something came that cannot come here: the connection is of no more use.
        case confused
    }

    /// Something has arrived.
    mutating func received(_ received: PGHandle.Received) -> Step {
        guard position < expected.count else { return .confused }
        switch (expected[position], received) {
        case (_, .nothing):
            return .none
        case (.prepared, .end), (.results, .end):
            position += 1
        case (.results(let unit, _), .rows(let result)):
            segments[current].results[unit].append(result)
        case (.prepared, .rows), (.results, .aborted), (.sync, .aborted):
            break
        case (.prepared(_, let sql), .aborted):
            segments[current].unprepared.append(sql)
        case (.prepared(let unit, let sql), .failed(let error)):
            segments[current].unprepared.append(sql)
            segments[current].blame(unit, sql, error)
        case (.results(let unit, let sql), .failed(let error)):
            segments[current].blame(unit, sql, error)
        case (.sync, .failed(let error)):
            segments[current].blame(nil, nil, error)
        case (.sync, .synced):
            position += 1
            current += 1
            return .ended(segments[current - 1])
        case (.sync, .end):
            // libpq says so after a failure that belongs to no statement, and for ever once the connection is gone.
            return .pause
        case (.sync, .rows), (_, .synced):
            return .confused
        }
        return .none
    }

    /// The transactions whose end was not heard.
    var open: [Segment] { Array(segments[current...]) }
}
