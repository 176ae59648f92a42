internal import RelayCore
internal import RelayMessages
internal import RelayWire

/// Durations and moments, as protobuf has them.
enum TimeMapping {
    static let durationRule = "must be a valid duration, not negative"
    static let timestampRule = "must be a valid timestamp"

    private static let timestampSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    private static let maxNanos: Int32 = 999_999_999

    /// Reads a duration that may be absent; nil, too, if it is broken, which `violations` then
    /// says.
    static func duration(
        _ wire: Wire.Duration?,
        path: String,
        violations: inout Violations
    ) -> Duration? {
        guard let wire else { return nil }
        let duration = wire.wholeDuration
        if duration == nil { violations.add(path, durationRule) }
        return duration
    }

    /// Reads a moment, in microseconds since 1970; nil if it is none.
    static func epochMicroseconds(_ wire: Wire.Timestamp) -> Int64? {
        guard timestampSeconds.contains(wire.seconds), (0...maxNanos).contains(wire.nanos) else {
            return nil
        }
        return wire.seconds * 1_000_000 + Int64(wire.nanos) / 1_000
    }

    static func wire(epochMicroseconds: Int64) -> Wire.Timestamp {
        var (seconds, rest) = epochMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000
        }
        return Wire.Timestamp(seconds: seconds, nanos: Int32(rest * 1_000))
    }
}
