internal import RelayMessages

/// Moments, as protobuf has them.
enum TimeMapping {
    static func wire(epochMicroseconds: Int64) -> Wire.Timestamp {
        var (seconds, rest) = epochMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000
        }
        return Wire.Timestamp(seconds: seconds, nanos: Int32(rest * 1_000))
    }

    /// Microseconds since 1970; 0 where there is no moment, or one that 64 bits do not hold.
    static func epochMicroseconds(_ wire: Wire.Timestamp?) -> Int64 {
        guard let wire else { return 0 }
        let (product, overflow) = wire.seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = product.addingReportingOverflow(Int64(wire.nanos) / 1_000)
        return overflow || carry ? 0 : sum
    }
}
