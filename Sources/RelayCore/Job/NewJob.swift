/// A job to insert, as a caller describes it.
public struct NewJob: Sendable, Hashable {
    /// When the job may first run, by the database's clock.
    public enum Schedule: Sendable, Hashable {
        case now
        /// Microseconds since 1970-01-01 00:00 UTC.
        case at(epochMicroseconds: Int64)
        case after(Duration)
    }

    /// The worker's name, 1 to 127 characters.
    public var worker: String
    /// The queue's name, 1 to 127 characters.
    public var queue: String
    /// The arguments: a JSON object as text; empty means `{}`.
    public var args: String
    /// 0 to 9; 0 runs first.
    public var priority: Int
    /// How often the job may be tried, 1 to 32,767.
    public var maxAttempts: Int
    /// Labels; trimmed, lower-cased and made unique before they are stored, as Oban does.
    public var tags: [String]
    /// The caller's own metadata: a JSON object as text; empty means `{}`.
    public var meta: String
    /// When the job may first run.
    public var schedule: Schedule
    /// What makes the job the same as one that is there already; nil inserts always.
    public var unique: Unique?
    /// Makes the insert safe to send again: 1 to 255 bytes; nil for none.
    public var idempotencyKey: String?
    /// The caller's deadline: not started by then, the job is cancelled; nil for none.
    public var expiresIn: Duration?
    /// The W3C trace context of the caller; nil for none.
    public var traceparent: String?

    /// Makes a job with Oban's defaults for all that isn't given.
    public init(
        worker: String,
        queue: String = "default",
        args: String = "{}",
        priority: Int = 0,
        maxAttempts: Int = NewJob.defaultMaxAttempts,
        tags: [String] = [],
        meta: String = "{}",
        schedule: Schedule = .now,
        unique: Unique? = nil,
        idempotencyKey: String? = nil,
        expiresIn: Duration? = nil,
        traceparent: String? = nil
    ) {
        self.worker = worker
        self.queue = queue
        self.args = args
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.tags = tags
        self.meta = meta
        self.schedule = schedule
        self.unique = unique
        self.idempotencyKey = idempotencyKey
        self.expiresIn = expiresIn
        self.traceparent = traceparent
    }

    /// How often a job is tried unless its caller says otherwise, as in Oban.
    public static let defaultMaxAttempts = 20
}

/// What makes two jobs the same, in the words of Oban's `unique` option.
public struct Unique: Sendable, Hashable {
    /// A column that is compared.
    public enum Field: String, Sendable, Hashable, CaseIterable {
        case worker, queue, args, meta
    }

    /// How far back to look, by the time of insertion; nil looks back for ever.
    public var period: Duration?
    /// The columns that must be equal.
    public var fields: Set<Field>
    /// The keys of `args` (and of `meta`, if it is among the fields) that must be equal; empty compares them whole.
    public var keys: [String]
    /// The states in which an existing job counts.
    public var states: Set<JobState>

    /// Makes a rule with Oban's defaults: worker, queue and args, in any state but cancelled and discarded.
    public init(
        period: Duration? = .seconds(60),
        fields: Set<Field> = [.worker, .queue, .args],
        keys: [String] = [],
        states: Set<JobState> = Unique.defaultStates
    ) {
        self.period = period
        self.fields = fields
        self.keys = keys
        self.states = states
    }

    /// Oban's "successful" states.
    public static let defaultStates: Set<JobState> = [
        .suspended, .available, .scheduled, .executing, .retryable, .completed,
    ]
}
