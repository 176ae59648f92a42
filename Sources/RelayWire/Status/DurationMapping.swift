package import RelayMessages

extension Wire.Duration {
    /// The longest duration that protobuf knows: 10,000 years.
    package static let maxSeconds: Int64 = 315_576_000_000
    private static let maxNanos: Int32 = 999_999_999

    /// The message of a duration.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
    }

    /// The duration; nil if the message is not a valid one of zero or more.
    package var wholeDuration: Duration? {
        guard (0...Self.maxSeconds).contains(seconds), (0...Self.maxNanos).contains(nanos) else {
            return nil
        }
        return .seconds(seconds) + .nanoseconds(Int64(nanos))
    }
}
