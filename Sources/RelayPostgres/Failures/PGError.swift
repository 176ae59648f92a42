/// Why something was not done, or is not known to be done.
package struct PGError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// Never sent: nothing was done.
        case unavailable
        /// Sent, but the connection was lost before the transaction's end was heard: it may have been committed.
        case unknown
        /// The server refused it; nothing was done.
        case server
        /// Too much waits already; nothing was done.
        case overloaded
        /// The connection was closed by its owner; nothing was done.
        case closed
    }

    package var code: Code
    /// What the server said, if it did.
    package var sqlState: SQLState?
    /// For the log: it may name host, user and database, but never a password.
    package var message: String

    package init(_ code: Code, sqlState: SQLState? = nil, message: String) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
    }

    package var description: String {
        sqlState.map { "\(message) (SQLSTATE \($0.rawValue))" } ?? message
    }
}
