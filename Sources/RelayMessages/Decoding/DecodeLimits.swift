/// What the bytes of one message may ask of the decoder, with its defaults.
package struct DecodeLimits: Sendable, Hashable {
    /// The messages within one another; the deepest of the contract are 5.
    ///
    /// At most 16, whatever is set.
    package var depth = 16
    /// The fields of a message and of all that it holds.
    package var fields = 1_048_576
    /// The elements of all repeated fields of one message.
    package var elements = 131_072
    /// The fields that the contract does not know; they are dropped.
    package var unknownFields = 64
    /// The bytes that protobuf-c may take for each byte of input.
    package var memoryFactor = 64
    /// The bytes that protobuf-c may take besides.
    package var memoryBase = 64 * 1024
    /// The bytes that protobuf-c may take in all.
    package var memoryBytes = 32 * 1024 * 1024
    /// Whether an enum value that the contract does not know is refused; else it is unspecified.
    package var refusesUnknownEnums = true

    /// Makes the defaults, for input from a client.
    package init() {}

    /// The limits of a client, which forgives a newer server its new enum values.
    package static var client: DecodeLimits {
        var limits = DecodeLimits()
        limits.refusesUnknownEnums = false
        return limits
    }
}

extension DecodeLimits {
    /// The bytes that protobuf-c may take for a message of so many.
    func memory(forBytes count: Int) -> Int {
        min(count * memoryFactor + memoryBase, memoryBytes)
    }
}
