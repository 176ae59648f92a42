/// A statement and its parameters; prepared once a connection, by its text.
package struct PGStatement: Sendable {
    /// The text, with `$1` … for the parameters, each cast to its type (`$1::bigint[]`).
    package var sql: String
    package var parameters: [PGValue]

    package init(_ sql: String, _ parameters: [PGValue] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}

/// Statements that are carried out together or not at all.
package struct PGUnit: Sendable {
    package var statements: [PGStatement]
    /// Whether it is a transaction of its own; others may share one, and are run again alone if a neighbour fails.
    package var alone: Bool
    /// How long it may take, waiting included.
    package var deadline: Duration

    package init(
        _ statements: [PGStatement],
        alone: Bool = false,
        deadline: Duration = .seconds(10)
    ) {
        self.statements = statements
        self.alone = alone
        self.deadline = deadline
    }

    package init(
        _ sql: String,
        _ parameters: [PGValue] = [],
        alone: Bool = false,
        deadline: Duration = .seconds(10)
    ) {
        self.init([PGStatement(sql, parameters)], alone: alone, deadline: deadline)
    }
}
