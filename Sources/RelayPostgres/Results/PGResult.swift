internal import CLibpq

/// The rows of one statement, as libpq holds them; freed with the last reference.
///
/// Accessors answer nil for NULL, for a field that is not there, and for what is not of the asked kind; they never trap.
// Unchecked: a PGresult is never changed once received, and libpq lets any thread read it (manual, chapter 34.20).
@safe
package final class PGResult: @unchecked Sendable {
    private let raw: OpaquePointer
    /// How many rows there are.
    package let rowCount: Int
    /// How many columns each row has.
    package let columnCount: Int

    /// Takes ownership.
    init(owning raw: OpaquePointer) {
        unsafe self.raw = raw
        rowCount = unsafe Int(PQntuples(raw))
        columnCount = unsafe Int(PQnfields(raw))
    }

    deinit { unsafe PQclear(raw) }

    /// How many rows an INSERT, UPDATE, DELETE or SELECT touched; 0 for other commands.
    package var affectedRows: Int {
        guard let text = unsafe PQcmdTuples(raw) else { return 0 }
        return unsafe Int(String(cString: text)) ?? 0
    }

    /// The name of a column.
    package func columnName(_ column: Int) -> String? {
        guard (0..<columnCount).contains(column),
            let name = unsafe PQfname(raw, Int32(clamping: column))
        else { return nil }
        return unsafe String(cString: name)
    }

    /// Whether the field is NULL, or not there at all.
    package func isNull(_ row: Int, _ column: Int) -> Bool {
        guard (0..<rowCount).contains(row), (0..<columnCount).contains(column) else { return true }
        return unsafe PQgetisnull(raw, Int32(clamping: row), Int32(clamping: column)) == 1
    }

    /// The field's size in bytes as it was received; 0 for NULL.
    package func size(_ row: Int, _ column: Int) -> Int {
        guard !isNull(row, column) else { return 0 }
        return unsafe Int(PQgetlength(raw, Int32(clamping: row), Int32(clamping: column)))
    }

    /// The field as text, whatever its type; nil for NULL.
    package func text(_ row: Int, _ column: Int) -> String? {
        unsafe withBytes(row, column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The field as a 64-bit number.
    package func int8(_ row: Int, _ column: Int) -> Int64? {
        unsafe withBytes(row, column) { unsafe FieldText.integer($0) }
    }

    /// The field as a 32-bit number; nil too if it does not fit.
    package func int4(_ row: Int, _ column: Int) -> Int32? {
        int8(row, column).flatMap { Int32(exactly: $0) }
    }

    /// The field as a number of the machine's size.
    package func int(_ row: Int, _ column: Int) -> Int? {
        int8(row, column).flatMap { Int(exactly: $0) }
    }

    /// The field as a double.
    package func float8(_ row: Int, _ column: Int) -> Double? {
        text(row, column).flatMap { Double($0) }
    }

    /// The field as a truth value.
    package func bool(_ row: Int, _ column: Int) -> Bool? {
        unsafe withBytes(row, column) { bytes in
            guard bytes.count == 1 else { return nil }
            return switch unsafe bytes[0] {
            case UInt8(ascii: "t"): true
            case UInt8(ascii: "f"): false
            default: nil
            }
        }
    }

    /// The field as microseconds since 1970 in UTC, from timestamps with or without a time zone.
    ///
    /// `infinity` is the greatest number and `-infinity` the least.
    package func micros(_ row: Int, _ column: Int) -> Int64? {
        unsafe withBytes(row, column) { unsafe FieldText.microseconds($0) }
    }

    /// The bytes of a bytea field; for other types those of its text.
    package func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        guard !isNull(row, column) else { return nil }
        let isBytea = unsafe PQftype(raw, Int32(clamping: column)) == 17
        return unsafe withBytes(row, column) {
            isBytea ? unsafe FieldText.hexBytes($0) : unsafe Array($0)
        }
    }

    /// The members of an array field of one dimension, as text.
    package func textArray(_ row: Int, _ column: Int) -> [String?]? {
        unsafe withBytes(row, column) { unsafe FieldText.array($0) }
    }

    /// The members of an array field of one dimension, as numbers; nil if one of them is none.
    package func int8Array(_ row: Int, _ column: Int) -> [Int64?]? {
        guard let members = textArray(row, column) else { return nil }
        var numbers: [Int64?] = []
        for member in members {
            guard let member else {
                numbers.append(nil)
                continue
            }
            guard let number = Int64(member) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private func withBytes<Value>(
        _ row: Int,
        _ column: Int,
        _ body: (UnsafeBufferPointer<UInt8>) -> Value?
    ) -> Value? {
        guard !isNull(row, column),
            let start = unsafe PQgetvalue(raw, Int32(clamping: row), Int32(clamping: column))
        else { return nil }
        let count = size(row, column)
        return unsafe start.withMemoryRebound(to: UInt8.self, capacity: count) { start in
            unsafe body(UnsafeBufferPointer(start: start, count: count))
        }
    }
}
