internal import Glibc

/// Lays parameters out one after the other, in the text and binary forms of the wire protocol.
struct ParameterEncoder {
    private(set) var bytes: [UInt8] = []
    private(set) var fields: [EncodedStatement.Field] = []
    private(set) var types: [UInt32] = []

    /// Type numbers: `pg_type.dat` of the server; they never change.
    private enum TypeNumber {
        static let bool: UInt32 = 16
        static let bytea: UInt32 = 17
        static let int8: UInt32 = 20
        static let int4: UInt32 = 23
        static let text: UInt32 = 25
        static let boolArray: UInt32 = 1000
        static let byteaArray: UInt32 = 1001
        static let int4Array: UInt32 = 1007
        static let textArray: UInt32 = 1009
        static let int8Array: UInt32 = 1016
    }

    /// Adds a parameter; false if it is text with a NUL, which no text type can hold.
    mutating func append(_ value: PGValue) -> Bool {
        switch value {
        case .null:
            fields.append(EncodedStatement.Field(offset: -1, length: 0, isBinary: false))
        case .bool(let value):
            appendText(value ? "t" : "f")
        case .int4(let value):
            appendText(String(value))
        case .int8(let value):
            appendText(String(value))
        case .float8(let value):
            appendText(String(value))
        case .text(let value):
            guard !value.hasNUL else { return false }
            appendText(value)
        case .bytes(let value):
            appendBinary(TypeNumber.bytea) { $0.append(contentsOf: value) }
        case .boolArray(let values):
            appendArray(TypeNumber.boolArray, values, of: TypeNumber.bool) { $1.append($0 ? 1 : 0) }
        case .int4Array(let values):
            appendArray(TypeNumber.int4Array, values, of: TypeNumber.int4) {
                $1.appendBigEndian(UInt32(bitPattern: $0))
            }
        case .int8Array(let values):
            appendArray(TypeNumber.int8Array, values, of: TypeNumber.int8) {
                $1.appendBigEndian(UInt64(bitPattern: $0))
            }
        case .textArray(let values):
            guard !values.contains(where: { $0?.hasNUL ?? false }) else { return false }
            appendArray(TypeNumber.textArray, values, of: TypeNumber.text) {
                $1.append(contentsOf: $0.utf8)
            }
        case .byteaArray(let values):
            appendArray(TypeNumber.byteaArray, values, of: TypeNumber.bytea) {
                $1.append(contentsOf: $0)
            }
        }
        return true
    }

    /// libpq takes text up to a NUL.
    private mutating func appendText(_ text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        let length = Int32(clamping: bytes.count - start)
        bytes.append(0)
        fields.append(EncodedStatement.Field(offset: start, length: length, isBinary: false))
    }

    private mutating func appendBinary(_ type: UInt32, _ body: (inout [UInt8]) -> Void) {
        let start = bytes.count
        body(&bytes)
        let length = Int32(clamping: bytes.count - start)
        // One byte more, so that an empty value at the end still has an address.
        bytes.append(0)
        while types.count < fields.count { types.append(0) }
        types.append(type)
        fields.append(EncodedStatement.Field(offset: start, length: length, isBinary: true))
    }

    /// Source: `array_recv` in the server: dimensions, whether there are nulls, the type, then length and lower bound,
    /// then each member's length (-1 is null) and bytes.
    private mutating func appendArray<Member>(
        _ type: UInt32,
        _ values: [Member?],
        of memberType: UInt32,
        _ body: (Member, inout [UInt8]) -> Void
    ) {
        appendBinary(type) { bytes in
            bytes.appendBigEndian(UInt32(values.isEmpty ? 0 : 1))
            bytes.appendBigEndian(UInt32(values.contains { $0 == nil } ? 1 : 0))
            bytes.appendBigEndian(memberType)
            if values.isEmpty { return }
            bytes.appendBigEndian(UInt32(clamping: values.count))
            bytes.appendBigEndian(UInt32(1))
            for value in values {
                let start = bytes.count
                bytes.appendBigEndian(UInt32.max)
                guard let value else { continue }
                body(value, &bytes)
                let length = UInt32(clamping: bytes.count - start - 4)
                for index in 0..<4 {
                    bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index))
                }
            }
        }
    }
}

extension String {
    /// Whether it holds the one character that no text type can hold.
    var hasNUL: Bool {
        unsafe utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe memchr(start, 0, bytes.count) != nil
        } ?? utf8.contains(0)
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
