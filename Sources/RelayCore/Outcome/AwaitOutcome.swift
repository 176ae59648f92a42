/// How an await ended.
public enum AwaitOutcome: Sendable, Hashable {
    case ok(RelayValue)
    case failed(Failure)
}

/// The answer to one awaited relay.
public struct AwaitAnswer: Sendable, Hashable {
    /// The relay that was awaited.
    public var relay: RelayHandle
    /// The attempt that the outcome belongs to; 0 where none has begun.
    public var attempt: Int
    /// How the wait ended.
    public var outcome: AwaitOutcome

    /// Makes an answer.
    public init(relay: RelayHandle, attempt: Int, outcome: AwaitOutcome) {
        self.relay = relay
        self.attempt = attempt
        self.outcome = outcome
    }
}

/// What an attempt ended in, as its executor reports it.
public enum ExecutionOutcome: Sendable, Hashable {
    case ok(RelayValue)
    case exception(JobException)
    case snooze(Duration)
    /// Cancelled by the executor, with its reason.
    case cancel(reason: String)
    /// Never to be tried again, with the reason.
    case discard(reason: String)
}
