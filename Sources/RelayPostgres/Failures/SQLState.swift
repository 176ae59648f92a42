/// A five-character SQLSTATE, the only thing by which server errors are told apart.
///
/// Source: PostgreSQL manual, appendix A.
package struct SQLState: RawRepresentable, Sendable, Hashable {
    package var rawValue: String

    /// Takes any code; unknown ones are fine.
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let uniqueViolation = SQLState(rawValue: "23505")
    package static let notNullViolation = SQLState(rawValue: "23502")
    package static let undefinedTable = SQLState(rawValue: "42P01")
    package static let undefinedObject = SQLState(rawValue: "42704")
    package static let insufficientPrivilege = SQLState(rawValue: "42501")
    package static let serializationFailure = SQLState(rawValue: "40001")
    package static let deadlockDetected = SQLState(rawValue: "40P01")
    package static let queryCanceled = SQLState(rawValue: "57014")
    package static let adminShutdown = SQLState(rawValue: "57P01")
    package static let crashShutdown = SQLState(rawValue: "57P02")
    package static let cannotConnectNow = SQLState(rawValue: "57P03")
    package static let readOnlyTransaction = SQLState(rawValue: "25006")
    package static let lockNotAvailable = SQLState(rawValue: "55P03")
    package static let invalidText = SQLState(rawValue: "22P05")
    package static let characterNotInRepertoire = SQLState(rawValue: "22021")
    package static let stalePlan = SQLState(rawValue: "0A000")
    package static let undefinedStatement = SQLState(rawValue: "26000")

    /// The two characters that all codes of a class share.
    package var classCode: String { String(rawValue.prefix(2)) }

    /// Whether the same transaction may succeed if it is run again at once.
    package var isTransient: Bool {
        self == .serializationFailure || self == .deadlockDetected
    }

    /// Whether the session is of no more use: the server ends, or is no longer the primary.
    package var endsSession: Bool {
        [.adminShutdown, .crashShutdown, .cannotConnectNow, .readOnlyTransaction].contains(self)
    }

    /// Whether the server is at a limit or withholds a lock, so that trying later may help.
    package var isPassing: Bool {
        isTransient || endsSession || ["53", "55", "57", "08"].contains(classCode)
    }
}
