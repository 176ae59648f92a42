/// A parameter of a statement.
///
/// Single values travel as text whose type the server infers from the statement; arrays and bytes travel in binary with
/// their type named, so nothing is ever quoted.
package enum PGValue: Sendable, Hashable {
    /// NULL of any type.
    case null
    /// A truth value.
    case bool(Bool)
    /// A 32-bit number.
    case int4(Int32)
    /// A 64-bit number.
    case int8(Int64)
    /// A double.
    case float8(Double)
    /// Text, or anything in its text form: jsonb, timestamps, enums. Without NUL characters.
    case text(String)
    /// bytea.
    case bytes([UInt8])
    /// boolean[].
    case boolArray([Bool?])
    /// integer[].
    case int4Array([Int32?])
    /// bigint[].
    case int8Array([Int64?])
    /// text[]; cast it for arrays of other types (`$1::text[]::timestamptz[]`). Without NUL characters.
    case textArray([String?])
    /// bytea[].
    case byteaArray([[UInt8]?])
}
