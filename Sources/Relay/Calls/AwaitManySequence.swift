public import RelayCore

/// The answers of many relays, each as it happens.
///
/// Leaving the loop early ends the wait; the jobs go on.
public struct AwaitManySequence<Value: Sendable>: AsyncSequence, Sendable {
    /// One answer, and which of the awaited relays it belongs to.
    public struct Element: Sendable {
        /// The relay's position in the list that was awaited.
        public let index: Int
        /// The relay.
        public let relay: RelayHandle
        /// The value, or why there is none.
        public let result: Result<Value, any Error>
    }

    private let stream: AsyncThrowingStream<Element, any Error>

    init(_ stream: AsyncThrowingStream<Element, any Error>) {
        self.stream = stream
    }

    /// Begins to read the answers.
    public func makeAsyncIterator() -> AsyncThrowingStream<Element, any Error>.Iterator {
        stream.makeAsyncIterator()
    }
}
