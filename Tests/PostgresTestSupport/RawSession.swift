internal import CLibpq
internal import NIOConcurrencyHelpers

/// A blocking session on plain libpq, which owes nothing to the code under test.
// Unchecked: the connection is only used under the lock.
@safe
package final class RawSession: @unchecked Sendable {
    /// What the server refused.
    package struct Failure: Error, CustomStringConvertible {
        /// The SQLSTATE; empty if the server was not reached.
        package let sqlState: String
        /// Its message.
        package let description: String
    }

    private let raw: OpaquePointer?
    private let lock = NIOLock()

    /// Connects.
    ///
    /// - Throws: `Failure`.
    package init(url: String) throws {
        unsafe raw = PQconnectdb(url)
        unsafe PQsetNoticeProcessor(raw, { _, _ in }, nil)
        guard unsafe PQstatus(raw) == CONNECTION_OK else {
            throw Failure(
                sqlState: "",
                description: unsafe PQerrorMessage(raw).map { unsafe String(cString: $0) } ?? ""
            )
        }
    }

    deinit { unsafe PQfinish(raw) }

    /// Runs statements, and returns the rows of the last as text, null as nil.
    ///
    /// - Throws: `Failure`.
    @discardableResult
    package func run(_ sql: String) throws -> [[String?]] {
        try lock.withLock {
            let result = unsafe PQexec(raw, sql)
            defer { unsafe PQclear(result) }
            let status = unsafe PQresultStatus(result)
            guard status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else {
                let state = unsafe PQresultErrorField(result, Int32(UInt8(ascii: "C")))
                throw Failure(
                    sqlState: unsafe state.map { unsafe String(cString: $0) } ?? "",
                    description: unsafe PQerrorMessage(raw).map { unsafe String(cString: $0) } ?? ""
                )
            }
            let columns = unsafe PQnfields(result)
            return unsafe (0..<PQntuples(result)).map { row in
                (0..<columns).map { column in
                    guard unsafe PQgetisnull(result, row, column) == 0 else { return nil }
                    return unsafe PQgetvalue(result, row, column).map { unsafe String(cString: $0) }
                }
            }
        }
    }

    /// Runs a query for one value; the empty text if there is none.
    ///
    /// - Throws: `Failure`.
    package func value(_ sql: String) throws -> String {
        try run(sql).first?.first.flatMap { $0 } ?? ""
    }

    /// Waits until a query gives a row, looking 100 times a second.
    ///
    /// - Throws: `Failure`, also if ten seconds pass.
    package func wait(for sql: String) async throws {
        for _ in 0..<1_000 {
            if try !run(sql).isEmpty { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure(sqlState: "", description: "ten seconds passed without a row of: \(sql)")
    }
}
