/// A parameter of a statement; arrays and numbers travel in Postgres's binary format, so nothing needs quoting.
package enum PGValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int4(Int32)
    case int8(Int64)
    case float8(Double)
    case text(String)
    case bytes([UInt8])
    case boolArray([Bool?])
    case int4Array([Int32?])
    case int8Array([Int64?])
    case textArray([String?])
    case byteaArray([[UInt8]?])

    /// The type's number in pg_type; 0 leaves it to the server.
    var typeNumber: UInt32 {
        switch self {
        case .null: 0
        case .bool: 16
        case .int4: 23
        case .int8: 20
        case .float8: 701
        case .text: 25
        case .bytes: 17
        case .boolArray: 1000
        case .int4Array: 1007
        case .int8Array: 1016
        case .textArray: 1009
        case .byteaArray: 1001
        }
    }

    /// Appends the binary form; answers false for null.
    func append(to out: inout [UInt8]) -> Bool {
        switch self {
        case .null: return false
        case .bool(let value): out.append(value ? 1 : 0)
        case .int4(let value): out.appendBigEndian(value)
        case .int8(let value): out.appendBigEndian(value)
        case .float8(let value): out.appendBigEndian(value.bitPattern)
        case .text(let value): out.append(contentsOf: value.utf8)
        case .bytes(let value): out.append(contentsOf: value)
        case .boolArray(let values):
            out.appendArray(values, of: 16) { $1.append($0 ? 1 : 0) }
        case .int4Array(let values):
            out.appendArray(values, of: 23) { $1.appendBigEndian($0) }
        case .int8Array(let values):
            out.appendArray(values, of: 20) { $1.appendBigEndian($0) }
        case .textArray(let values):
            out.appendArray(values, of: 25) { $1.append(contentsOf: $0.utf8) }
        case .byteaArray(let values):
            out.appendArray(values, of: 17) { $1.append(contentsOf: $0) }
        }
        return true
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Source: `array_recv` in the server: dimensions, null flag, type, then per dimension length and lower bound, then
    /// each element's length (-1 for null) and bytes.
    fileprivate mutating func appendArray<Member>(
        _ values: [Member?],
        of type: Int32,
        append element: (Member, inout [UInt8]) -> Void
    ) {
        appendBigEndian(Int32(values.isEmpty ? 0 : 1))
        appendBigEndian(Int32(values.contains { $0 == nil } ? 1 : 0))
        appendBigEndian(type)
        if values.isEmpty { return }
        appendBigEndian(Int32(values.count))
        appendBigEndian(Int32(1))
        for value in values {
            let start = count
            appendBigEndian(Int32(-1))
            guard let value else { continue }
            element(value, &self)
            let length = UInt32(count - start - 4)
            for offset in 0..<4 {
                self[start + offset] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * offset))
            }
        }
    }
}
