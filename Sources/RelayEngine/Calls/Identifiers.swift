/// One open wait of this engine: an await, a call, or an `AwaitMany`.
package struct WaitID: Sendable, Hashable {
    package let number: UInt64

    /// Makes an id; only the engine draws them, but tests may too.
    package init(number: UInt64) {
        self.number = number
    }
}

/// One executor attached to this engine.
package struct ExecutorID: Sendable, Hashable {
    package let number: UInt64

    /// Makes an id; only the engine draws them, but tests may too.
    package init(number: UInt64) {
        self.number = number
    }
}
