/// Why a unit was not carried out, or is not known to have been.
package struct PGError: Error, Sendable, Hashable, CustomStringConvertible,
    CustomDebugStringConvertible
{
    /// What kind of failure it is, and so what is known of the unit.
    package enum Code: Sendable, Hashable {
        /// Never sent, or rolled back for sure, and its deadline passed: nothing was done.
        case unavailable
        /// Sent, but the connection was lost before the transaction's end: it may have been committed.
        case unknown
        /// Sent, but the server did not answer before the deadline: it may yet be committed.
        case deadline
        /// The server refused it, with an SQLSTATE; nothing was done.
        case server
        /// Too much waits already; nothing was done.
        case overloaded
        /// The connection was closed by its owner; nothing was done.
        case closed
        /// The connection could not be made; only in events and when a configuration is read.
        case connect
    }

    /// What the server said beyond the code; it may hold values, so it is for logs at debug level only.
    package struct Report: Sendable, Hashable {
        /// The main message.
        package var primary = ""
        /// DETAIL, such as the key that exists already.
        package var detail: String?
        /// HINT.
        package var hint: String?
        /// CONTEXT, the call stack of functions.
        package var context: String?
        /// The schema of the table that is named.
        package var schema: String?
        /// The table whose constraint or column is named.
        package var table: String?
        /// The column, for instance one that must not be null.
        package var column: String?
        /// The constraint that was violated.
        package var constraint: String?
    }

    /// The kind of failure.
    package var code: Code
    /// The server's code, if it spoke.
    package var sqlState: SQLState?
    /// What happened and what to do; never values, SQL or passwords.
    package var message: String
    /// All that the server said.
    package var report: Report?

    /// Makes an error.
    package init(
        _ code: Code,
        sqlState: SQLState? = nil,
        message: String,
        report: Report? = nil
    ) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.report = report
    }

    /// Whether the unit may have been committed all the same.
    package var mayHaveCommitted: Bool { code == .unknown || code == .deadline }

    /// The constraint that was violated, if that is what happened.
    package var constraint: String? { report?.constraint }

    package var description: String {
        sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message
    }

    package var debugDescription: String {
        guard let report else { return description }
        let parts = [
            ("", Optional(report.primary)), ("detail: ", report.detail), ("hint: ", report.hint),
            ("context: ", report.context), ("table: ", report.table), ("column: ", report.column),
            ("constraint: ", report.constraint),
        ]
        let said = parts.compactMap { label, text in text.map { label + $0 } }
        return "\(description) [\(said.joined(separator: "; "))]"
    }
}

extension PGError {
    /// What the server answered to a statement.
    static func server(_ state: SQLState, _ report: Report) -> PGError {
        let words = state.hasSafeMessage ? ": \(report.primary)" : ""
        return PGError(
            .server,
            sqlState: state,
            message: "Postgres refused a statement\(words)",
            report: report
        )
    }

    static let closed = PGError(.closed, message: "the connection to Postgres is closed")

    static let neverSent = PGError(
        .unavailable,
        message: "Postgres could not be reached before the deadline; nothing was done"
    )

    static let neverAnswered = PGError(
        .deadline,
        message: "Postgres did not answer before the deadline; the work may have been done"
    )

    /// The same loss, told to a unit that was sent.
    var asUnknown: PGError {
        PGError(
            .unknown,
            sqlState: sqlState,
            message: "the connection was lost before Postgres confirmed: \(message)",
            report: report
        )
    }
}
