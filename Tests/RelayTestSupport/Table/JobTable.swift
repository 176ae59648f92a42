package import RelayCore

/// The jobs table as a value, with the semantics of the real one and a clock that is moved by hand.
///
/// Every operation is one transaction. It is shared by any number of sessions, as Postgres is.
package struct JobTable: Sendable {
    /// The rows by id.
    package private(set) var rows: [Int64: TableRow] = [:]
    /// The database's clock, in microseconds since 1970.
    package private(set) var clock: Int64 = 1_800_000_000_000_000
    /// The results over this size are not stored, in bytes.
    package var resultLimit = 8_192
    /// Whether the table of idempotency keys is there.
    package var hasKeys = true
    /// Whether a finish looks at who owns the attempt; false is a planted bug.
    package var isFenced = true
    /// Counts, by job, the attempts that were claimed.
    package var claims: [Int64: Int] = [:]

    var keys: [String: KeyEntry] = [:]
    var sessions: [String: SessionEntry] = [:]
    private var lastID: Int64 = 0
    /// The ids of rows by state.
    private var ids: [JobState: Set<Int64>] = [:]

    /// An idempotency key, which outlives its job.
    struct KeyEntry: Sendable {
        var job: Int64
        var ref: RelayRef
        var worker: String
        var args: String
        var queue: String
        var insertedAt: Int64
    }

    /// A session as the register knows it.
    struct SessionEntry: Sendable {
        var connected: Bool
        var lastBeat: Int64
        var queues: [String: Int]
    }

    /// Makes an empty table.
    package init() {}

    /// Lets time pass.
    package mutating func pass(_ duration: Duration) {
        clock += duration.wholeMicroseconds
    }

    /// Changes a row behind the store's back, as a stranger on the same table may.
    package mutating func change(_ id: Int64, _ body: (inout TableRow) -> Void) {
        guard var row = rows[id] else { return }
        let before = row.state
        body(&row)
        rows[id] = row
        if row.state != before {
            ids[before]?.remove(id)
            ids[row.state, default: []].insert(id)
        }
    }

    /// Deletes a row behind the store's back.
    package mutating func delete(_ id: Int64) {
        if let row = rows.removeValue(forKey: id) { ids[row.state]?.remove(id) }
    }

    /// The rows in one of these states.
    func rows(in states: JobState...) -> [TableRow] {
        states.flatMap { ids[$0] ?? [] }.compactMap { rows[$0] }
    }

    /// Adds a row as an Oban node does that knows nothing of relays; answers its id.
    package mutating func insertForeign(_ job: NewJob) -> Int64 {
        addRow(job, ref: nil).id
    }

    /// Adds a row.
    mutating func addRow(_ job: NewJob, ref: RelayRef?) -> TableRow {
        lastID += 1
        let due: Int64 =
            switch job.schedule {
            case .now: clock
            case .at(let moment): moment
            case .after(let delay): clock + delay.wholeMicroseconds
            }
        let row = TableRow(
            id: lastID,
            ref: ref,
            job: job,
            state: due > clock ? .scheduled : .available,
            insertedAt: clock,
            scheduledAt: due,
            expiresAt: job.expiresIn.map { clock + $0.wholeMicroseconds }
        )
        rows[row.id] = row
        ids[row.state, default: []].insert(row.id)
        return row
    }

    // MARK: Sessions

    /// The connection of a session is gone, as after a crash.
    package mutating func disconnect(_ session: String) {
        sessions[session]?.connected = false
    }
}
