/// One statement and its parameters; prepared once a connection, by its text.
package struct PGStatement: Sendable, Hashable {
    /// The text, with `$1` … for the parameters; where a type is not plain, cast it (`$1::jsonb`).
    package var sql: String
    /// The parameters, at most 65,535; pass arrays rather than many.
    package var parameters: [PGValue]
    /// Whether it is worth keeping prepared; false for what runs once, such as a migration.
    package var isPrepared: Bool

    /// Makes a statement.
    package init(_ sql: String, _ parameters: [PGValue] = [], isPrepared: Bool = true) {
        self.sql = sql
        self.parameters = parameters
        self.isPrepared = isPrepared
    }
}

/// Statements that are carried out together or not at all.
///
/// A unit is one transaction by itself: BEGIN, COMMIT and their like are refused, and so is COPY. A unit of no
/// statements asks whether the server answers.
package struct PGUnit: Sendable, Hashable {
    /// The statements, in order.
    package var statements: [PGStatement]
    /// Whether it is a transaction of its own; others may share one with their neighbours.
    package var alone: Bool
    /// How long it may take, waiting included; at most a day.
    package var deadline: Duration

    /// Makes a unit of several statements.
    package init(
        _ statements: [PGStatement],
        alone: Bool = false,
        deadline: Duration = .seconds(10)
    ) {
        self.statements = statements
        self.alone = alone
        self.deadline = deadline
    }

    /// Makes a unit of one statement.
    package init(
        _ sql: String,
        _ parameters: [PGValue] = [],
        alone: Bool = false,
        deadline: Duration = .seconds(10)
    ) {
        self.init([PGStatement(sql, parameters)], alone: alone, deadline: deadline)
    }
}
