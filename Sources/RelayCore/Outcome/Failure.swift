/// Why an await ended without a value.
public struct Failure: Error, Sendable, Hashable {
    /// The kinds of ending that are not ok, as in `relay.v1.Reason`.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case discarded
        case resultTooLarge = "result_too_large"
        case snoozed
        case timeout
        case exception
        case cancelled
        case notFound = "not_found"
    }

    /// What kind of ending it was.
    public var reason: Reason
    /// The class of the exception, where there was one.
    public var kind: String
    /// What a person is told.
    public var message: String
    /// The stack of the exception, where its executor sent one.
    public var stacktrace: String
    /// The job's state at the time of the answer; nil where there is no job.
    public var state: JobState?
    /// On a timeout: how many live executors were seen for the job's queue.
    public var executors: Int

    /// Makes a failure.
    public init(
        reason: Reason,
        kind: String = "",
        message: String = "",
        stacktrace: String = "",
        state: JobState? = nil,
        executors: Int = 0
    ) {
        self.reason = reason
        self.kind = kind
        self.message = message
        self.stacktrace = stacktrace
        self.state = state
        self.executors = executors
    }
}

/// What an executor says of an attempt that raised.
public struct JobException: Error, Sendable, Hashable {
    /// The class of the error in the executor's language.
    public var kind: String
    /// What a person is told.
    public var message: String
    /// The stack, where the executor has one.
    public var stacktrace: String

    /// Makes an exception.
    public init(kind: String, message: String, stacktrace: String = "") {
        self.kind = kind
        self.message = message
        self.stacktrace = stacktrace
    }
}
