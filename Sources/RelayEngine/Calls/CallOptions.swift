package import RelayCore

/// How to wait for one relay.
package struct AwaitOptions: Sendable, Hashable {
    /// How long; nil is the server's default, zero answers at once with what is known.
    package var timeout: Duration?
    /// Whether to wait through failures, snoozes and rescues.
    package var withRetries: Bool
    /// When the end of the wait also cancels the job.
    package var cancelOn: CancelOn

    /// Makes options.
    package init(timeout: Duration? = nil, withRetries: Bool = false, cancelOn: CancelOn = .never) {
        self.timeout = timeout
        self.withRetries = withRetries
        self.cancelOn = cancelOn
    }
}

/// How to wait for many relays.
package struct AwaitManyOptions: Sendable, Hashable {
    /// How long the whole call waits; nil is the server's default.
    package var timeout: Duration?
    /// Whether to wait through failures, snoozes and rescues.
    package var withRetries: Bool
    /// Whether progress reports are wanted.
    package var progress: Bool
    /// Ends once this many are ok; 0 waits for all.
    package var stopAfter: Int
    /// Ends at the first that is not ok.
    package var failFast: Bool

    /// Makes options.
    package init(
        timeout: Duration? = nil,
        withRetries: Bool = false,
        progress: Bool = false,
        stopAfter: Int = 0,
        failFast: Bool = false
    ) {
        self.timeout = timeout
        self.withRetries = withRetries
        self.progress = progress
        self.stopAfter = stopAfter
        self.failFast = failFast
    }
}

/// One event of an `AwaitMany`, in the order in which things happen.
package enum AwaitManyEvent: Sendable, Hashable {
    /// The relay at this index is answered; nothing follows for it.
    case answer(index: Int, AwaitAnswer)
    /// The executor of the relay at this index reported progress.
    case progress(index: Int, RelayValue)
    /// Nothing happened for a while, but the stream lives.
    case heartbeat
    /// The last event: all is answered (nil), or the call cannot go on.
    case finished(RelayError?)
}

/// What became of a cancellation.
package struct CancelAnswer: Sendable, Hashable {
    /// Whether this call cancelled the job.
    package var cancelled: Bool
    /// The job's state now.
    package var state: JobState

    /// Makes an answer.
    package init(cancelled: Bool, state: JobState) {
        self.cancelled = cancelled
        self.state = state
    }
}
