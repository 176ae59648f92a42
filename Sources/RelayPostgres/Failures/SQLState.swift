/// A five-character SQLSTATE, the only thing by which server errors are told apart.
///
/// Source: PostgreSQL manual, appendix A.
package struct SQLState: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The code, such as `23505`.
    package var rawValue: String

    /// Takes any code; unknown ones are fine.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// 0A000: also what a cached plan answers whose result type has changed.
    package static let featureNotSupported = SQLState(rawValue: "0A000")
    /// 22P02: text that its type cannot read.
    package static let invalidTextRepresentation = SQLState(rawValue: "22P02")
    /// 22P05: text that the database cannot hold, such as `\u0000` in jsonb.
    package static let untranslatableCharacter = SQLState(rawValue: "22P05")
    /// 22021: bytes that are not text in the encoding, such as a NUL.
    package static let characterNotInRepertoire = SQLState(rawValue: "22021")
    /// 23502.
    package static let notNullViolation = SQLState(rawValue: "23502")
    /// 23503.
    package static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// 23505.
    package static let uniqueViolation = SQLState(rawValue: "23505")
    /// 23514.
    package static let checkViolation = SQLState(rawValue: "23514")
    /// 25006: the server is a standby, or was demoted.
    package static let readOnlyTransaction = SQLState(rawValue: "25006")
    /// 26000: the prepared statement is not there, for instance behind a pooler.
    package static let invalidStatementName = SQLState(rawValue: "26000")
    /// 40001.
    package static let serializationFailure = SQLState(rawValue: "40001")
    /// 40P01.
    package static let deadlockDetected = SQLState(rawValue: "40P01")
    /// 42501.
    package static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// 42601.
    package static let syntaxError = SQLState(rawValue: "42601")
    /// 42703.
    package static let undefinedColumn = SQLState(rawValue: "42703")
    /// 42704.
    package static let undefinedObject = SQLState(rawValue: "42704")
    /// 42883.
    package static let undefinedFunction = SQLState(rawValue: "42883")
    /// 42P01.
    package static let undefinedTable = SQLState(rawValue: "42P01")
    /// 42P07.
    package static let duplicateTable = SQLState(rawValue: "42P07")
    /// 53300.
    package static let tooManyConnections = SQLState(rawValue: "53300")
    /// 54000.
    package static let programLimitExceeded = SQLState(rawValue: "54000")
    /// 55P03: `lock_timeout` or `NOWAIT`.
    package static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// 57014: `statement_timeout` or a cancel request.
    package static let queryCanceled = SQLState(rawValue: "57014")
    /// 57P01.
    package static let adminShutdown = SQLState(rawValue: "57P01")
    /// 57P02.
    package static let crashShutdown = SQLState(rawValue: "57P02")
    /// 57P03: the server starts up or shuts down.
    package static let cannotConnectNow = SQLState(rawValue: "57P03")

    /// The two characters that all codes of a class share.
    package var classCode: String { String(rawValue.prefix(2)) }

    /// Whether a value was refused: the caller's input, never the system's state.
    package var isDataException: Bool { classCode == "22" }

    /// Whether a constraint was violated.
    package var isIntegrityViolation: Bool { classCode == "23" }

    /// Whether the same transaction may succeed if it is run again at once.
    package var isTransient: Bool { self == .serializationFailure || self == .deadlockDetected }

    /// Whether the server lacks memory, disk or connections.
    package var isOutOfResources: Bool { classCode == "53" }

    /// Whether the server ended the session, or did not let it begin.
    package var isShutdown: Bool {
        self == .adminShutdown || self == .crashShutdown || self == .cannotConnectNow
    }

    /// Whether the session is of no more use: the server ends, or is not the primary.
    package var endsSession: Bool { isShutdown || self == .readOnlyTransaction }

    /// Whether the server is at a limit or withholds a lock, so that trying later may help.
    package var isPassing: Bool {
        isTransient || endsSession || ["08", "53", "55", "57"].contains(classCode)
    }

    /// Whether the server's main message speaks of names only, never of values.
    var hasSafeMessage: Bool {
        ["08", "0A", "23", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58"]
            .contains(classCode)
    }

    package var description: String { rawValue }
}
