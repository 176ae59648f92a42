/// Which statements a connection has prepared, and under what names; forgotten with the connection.
///
/// A name is never used twice on a connection, so a doubtful one is simply dropped.
struct StatementCache {
    /// How to send a statement.
    enum Plan: Equatable {
        /// It is prepared, or its preparation is on the way in the same batch.
        case known(name: String)
        /// Prepare it first, under this name.
        case prepare(name: String)
        /// There is no more room.
        case unprepared
    }

    private var names: [StatementKey: String] = [:]
    private var count = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// How to send the statement; it counts as prepared from now on.
    mutating func plan(_ key: StatementKey) -> Plan {
        if let name = names[key] { return .known(name: name) }
        guard names.count < limit else { return .unprepared }
        count += 1
        let name = "relay_\(count)"
        names[key] = name
        return .prepare(name: name)
    }

    /// The statement is not prepared after all, or no longer to be trusted.
    mutating func forget(_ key: StatementKey) {
        names[key] = nil
    }

    /// Nothing is to be trusted.
    mutating func forgetAll() {
        names = [:]
    }
}
