/// What a waiter needs to know of a job's row: the one source from which every answer is made,
/// whether the row was just written here or read from the table.
package struct JobSnapshot: Sendable, Hashable {
    /// What a completed row says of its result.
    package enum Result: Sendable, Hashable {
        /// Nothing was recorded, as with plain Oban workers.
        case none
        case value(RelayValue)
        /// Completed, but the result was over the limit; its size in bytes.
        case tooLarge(byteCount: Int)
        /// Recorded by somebody in a form that cannot be read.
        case undecodable(String)
    }

    /// The job's number.
    package var id: Int64
    /// The ref in `meta.relay`; nil where there is none.
    package var ref: RelayRef?
    /// The queue, for which executors are counted on a timeout.
    package var queue: String
    /// The state in the row.
    package var state: JobState
    /// The attempts begun; a snooze takes its own back.
    package var attempt: Int
    /// How often the job was snoozed (`meta.snoozed`).
    package var snoozed: Int
    /// The recorded result.
    package var result: Result
    /// The last element of `errors`.
    package var lastError: JobException?

    package init(
        id: Int64,
        ref: RelayRef?,
        queue: String,
        state: JobState,
        attempt: Int,
        snoozed: Int = 0,
        result: Result = .none,
        lastError: JobException? = nil
    ) {
        self.id = id
        self.ref = ref
        self.queue = queue
        self.state = state
        self.attempt = attempt
        self.snoozed = snoozed
        self.result = result
        self.lastError = lastError
    }
}
