// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

extension Wire {
    /// A point in time, independent of any time zone.
    package struct Timestamp: WireMessage {
        /// Whole seconds since 1970-01-01T00:00:00Z.
        package var seconds: Int64
        /// The fraction of a second, counted forward.
        package var nanos: Int32

        /// Makes one from its fields.
        package init(
            seconds: Int64 = 0,
            nanos: Int32 = 0
        ) {
            self.seconds = seconds
            self.nanos = nanos
        }
    }
}
