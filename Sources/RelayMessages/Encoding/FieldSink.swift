/// Takes the fields of a message: counts their bytes, or writes them.
///
/// There is one walk through each message, in the generated code, so what is counted is what is
/// written.
protocol FieldSink: ~Copyable, ~Escapable {
    /// Takes a number.
    mutating func number(_ field: Int, _ value: UInt64)
    /// Takes text, also when empty.
    mutating func member(_ field: Int, _ value: String)
    /// Takes bytes, also when empty.
    mutating func member(_ field: Int, _ value: [UInt8])
    /// Takes a sub-message, also when empty.
    mutating func member(_ field: Int, _ value: some CodedMessage)
}

/// Singular fields, which are left out where they have their default.
extension FieldSink where Self: ~Copyable, Self: ~Escapable {
    @inline(__always)
    mutating func field(_ field: Int, _ value: UInt64) {
        if value != 0 { number(field, value) }
    }

    @inline(__always)
    mutating func field(_ field: Int, _ value: UInt32) {
        if value != 0 { number(field, UInt64(value)) }
    }

    @inline(__always)
    mutating func field(_ field: Int, _ value: Int64) {
        if value != 0 { number(field, UInt64(bitPattern: value)) }
    }

    @inline(__always)
    mutating func field(_ field: Int, _ value: Int32) {
        if value != 0 { number(field, UInt64(bitPattern: Int64(value))) }
    }

    @inline(__always)
    mutating func field(_ field: Int, _ value: Bool) {
        if value { number(field, 1) }
    }

    @inline(__always)
    mutating func field(_ field: Int, _ value: String) {
        if !value.isEmpty { member(field, value) }
    }

    @inline(__always)
    mutating func field(_ field: Int, _ value: [UInt8]) {
        if !value.isEmpty { member(field, value) }
    }

    @inline(__always)
    mutating func field(_ field: Int, _ value: (some CodedMessage)?) {
        if let value { member(field, value) }
    }
}
