internal import CLibpq

/// The rows of a statement, in text form as libpq holds them.
// Unchecked: a PGresult is never changed after it was received, and libpq allows reading it anywhere (manual, 34.19).
@safe package final class PGResult: @unchecked Sendable {
    private let raw: OpaquePointer

    /// Takes ownership.
    init(owning raw: OpaquePointer) {
        unsafe self.raw = raw
    }

    deinit { unsafe PQclear(raw) }

    /// How many rows there are.
    package var rowCount: Int { unsafe Int(PQntuples(raw)) }

    /// How many columns each has.
    package var columnCount: Int { unsafe Int(PQnfields(raw)) }

    /// How many rows an INSERT, UPDATE or DELETE touched.
    package var affectedRows: Int { unsafe Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    private func isInside(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < rowCount && column >= 0 && column < columnCount
    }

    /// Whether the field is null, or not there at all.
    package func isNull(_ row: Int, _ column: Int) -> Bool {
        guard isInside(row, column) else { return true }
        return unsafe PQgetisnull(raw, Int32(row), Int32(column)) == 1
    }

    private func withBytes<Value>(
        _ row: Int,
        _ column: Int,
        _ body: (UnsafeBufferPointer<UInt8>) -> Value?
    ) -> Value? {
        guard !isNull(row, column), let start = unsafe PQgetvalue(raw, Int32(row), Int32(column))
        else { return nil }
        let count = unsafe Int(PQgetlength(raw, Int32(row), Int32(column)))
        return unsafe start.withMemoryRebound(to: UInt8.self, capacity: count) { start in
            unsafe body(UnsafeBufferPointer(start: start, count: count))
        }
    }

    /// The field as text; nil for null.
    package func text(_ row: Int, _ column: Int) -> String? {
        unsafe withBytes(row, column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The field as a whole number; nil for null or anything else.
    package func int8(_ row: Int, _ column: Int) -> Int64? {
        unsafe withBytes(row, column) { bytes in
            var value: Int64 = 0
            var index = 0
            let isNegative = unsafe bytes.first == UInt8(ascii: "-")
            if isNegative { index = 1 }
            guard index < bytes.count else { return nil }
            while index < bytes.count {
                let digit = unsafe Int64(bytes[index]) - 48
                guard (0...9).contains(digit) else { return nil }
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.subtractingReportingOverflow(digit)
                if overflow || carry { return nil }
                value = sum
                index += 1
            }
            return isNegative ? value : (value == .min ? nil : -value)
        }
    }

    /// The field as a number that is small by its column's type; nil for null or anything else.
    package func int(_ row: Int, _ column: Int) -> Int? {
        int8(row, column).flatMap { Int(exactly: $0) }
    }

    /// The field as a truth value; nil for null or anything else.
    package func bool(_ row: Int, _ column: Int) -> Bool? {
        unsafe withBytes(row, column) { bytes in
            switch unsafe bytes.first {
            case UInt8(ascii: "t"): true
            case UInt8(ascii: "f"): false
            default: nil
            }
        }
    }
}
