// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

extension Wire {
    /// A signed, fixed-length span of time.
    package struct Duration: WireMessage {
        /// Whole seconds.
        package var seconds: Int64
        /// The fraction of a second, of the same sign as the seconds.
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
