/// The unguessable part of a relay: 128 random bits, a capability to await or cancel one job.
///
/// It never goes into logs or notifications; `description` is therefore a stand-in.
public struct RelayRef: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// How many bytes a ref has.
    public static let byteCount = 16

    /// Draws a ref from a generator; the default is the system's secure one.
    public static func random() -> RelayRef {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// Draws a ref from the given generator, so that simulations can be replayed.
    public static func random(using generator: inout some RandomNumberGenerator) -> RelayRef {
        RelayRef(high: generator.next(), low: generator.next())
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads a ref from its 16 bytes; nil for any other number of bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (position, byte) in bytes.enumerated() {
            if position < 8 {
                high = high << 8 | UInt64(byte)
            } else {
                low = low << 8 | UInt64(byte)
            }
        }
        self.init(high: high, low: low)
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        [UInt8](bigEndian: high, low)
    }

    /// Reads the base64url form without padding (22 characters), as it stands in `meta.relay`; nil if it is not one.
    public init?(base64URL text: some StringProtocol) {
        guard let bytes = Base64.decode(Substring(text), .url) else { return nil }
        self.init(bytes: bytes)
    }

    /// The base64url form without padding: 22 characters.
    public var base64URL: String { Base64.encode(bytes, .url) }

    /// A stand-in, since the ref is a secret.
    public var description: String { "(ref)" }
}

extension [UInt8] {
    fileprivate init(bigEndian high: UInt64, _ low: UInt64) {
        self.init()
        reserveCapacity(RelayRef.byteCount)
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: high >> UInt64(shift)))
        }
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: low >> UInt64(shift)))
        }
    }
}
