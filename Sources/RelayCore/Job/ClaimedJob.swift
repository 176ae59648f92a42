/// One attempt of a job, handed to an executor of this node.
public struct ClaimedJob: Sendable, Hashable {
    /// The job's number in the table.
    public var id: Int64
    /// Which attempt this is, from 1.
    public var attempt: Int
    /// How many attempts there may be.
    public var maxAttempts: Int
    /// The worker's name.
    public var worker: String
    /// The queue's name.
    public var queue: String
    /// The arguments: a JSON object as text.
    public var args: String
    /// The metadata: a JSON object as text.
    public var meta: String
    /// The labels.
    public var tags: [String]
    /// 0 to 9; 0 runs first.
    public var priority: Int
    /// Microseconds since 1970-01-01 00:00 UTC, as are the two that follow.
    public var insertedAt: Int64
    /// When the job was due.
    public var scheduledAt: Int64
    /// When this attempt was claimed.
    public var attemptedAt: Int64
    /// How often the job was snoozed before.
    public var snoozed: Int
    /// What was left of the caller's `expires_in` at the claim; nil where there is none.
    public var remaining: Duration?
    /// The W3C trace context of the caller.
    public var traceparent: String?
    /// The ref of the relay that was handed out for the job; nil where nobody can await it.
    package var ref: RelayRef?

    /// Makes an attempt, as a store reads it.
    package init(
        id: Int64,
        attempt: Int,
        maxAttempts: Int,
        worker: String,
        queue: String,
        args: String,
        meta: String = "{}",
        tags: [String] = [],
        priority: Int = 0,
        insertedAt: Int64 = 0,
        scheduledAt: Int64 = 0,
        attemptedAt: Int64 = 0,
        snoozed: Int = 0,
        remaining: Duration? = nil,
        traceparent: String? = nil,
        ref: RelayRef? = nil
    ) {
        self.id = id
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.worker = worker
        self.queue = queue
        self.args = args
        self.meta = meta
        self.tags = tags
        self.priority = priority
        self.insertedAt = insertedAt
        self.scheduledAt = scheduledAt
        self.attemptedAt = attemptedAt
        self.snoozed = snoozed
        self.remaining = remaining
        self.traceparent = traceparent
        self.ref = ref
    }

    /// The attempt's identity, which fences its completion.
    package var key: AttemptKey { AttemptKey(jobID: id, attempt: attempt) }
}

/// Which attempt of which job; what an executor must name to finish it.
package struct AttemptKey: Sendable, Hashable {
    package var jobID: Int64
    package var attempt: Int

    package init(jobID: Int64, attempt: Int) {
        self.jobID = jobID
        self.attempt = attempt
    }
}
