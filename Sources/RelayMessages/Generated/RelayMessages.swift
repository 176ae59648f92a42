// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

extension Wire {
    /// Asks for jobs to be inserted.
    package struct AsyncRequest: WireMessage {
        /// The instance; empty is `default`.
        package var instance: String
        /// At least one.
        package var jobs: [NewJob]

        /// Makes one from its fields.
        package init(
            instance: String = "",
            jobs: [NewJob] = []
        ) {
            self.instance = instance
            self.jobs = jobs
        }
    }

    /// A job to insert.
    package struct NewJob: WireMessage {
        /// 1 to 127 characters.
        package var worker: String
        /// 1 to 127 characters; empty is `default`.
        package var queue: String
        /// A JSON object; empty is `{}`.
        package var args: String
        /// 0 to 9; 0 runs first.
        package var priority: UInt32
        /// 0 is 20.
        package var maxAttempts: UInt32
        /// Labels.
        package var tags: [String]
        /// A JSON object; empty is `{}`.
        package var meta: String
        /// When the job may first run; neither is at once.
        package var schedule: Schedule?
        /// Returns an existing job instead, if there is one that is the same.
        package var unique: Unique?
        /// Makes the insert safe to send again; at most 255 bytes; empty is none.
        package var idempotencyKey: String
        /// The caller's deadline: not started by then, the job is cancelled with the reason `expired`.
        package var expiresIn: Duration?
        /// The W3C trace context of the caller.
        package var traceparent: String

        /// When the job may first run; neither is at once.
        package indirect enum Schedule: Sendable, Hashable {
            /// The moment.
            case scheduledAt(Timestamp)
            /// The delay, by the database's clock.
            case scheduleIn(Duration)
        }

        /// Makes one from its fields.
        package init(
            worker: String = "",
            queue: String = "",
            args: String = "",
            priority: UInt32 = 0,
            maxAttempts: UInt32 = 0,
            tags: [String] = [],
            meta: String = "",
            schedule: Schedule? = nil,
            unique: Unique? = nil,
            idempotencyKey: String = "",
            expiresIn: Duration? = nil,
            traceparent: String = ""
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
    }

    /// What makes two jobs the same, as Oban's `unique` says it.
    package struct Unique: WireMessage {
        /// How far back to look; absent looks back for ever.
        package var period: Duration?
        /// Of `worker`, `queue`, `args`, `meta`; empty is worker, queue and args.
        package var fields: [String]
        /// Keys of args (and meta) to compare; empty compares them whole.
        package var keys: [String]
        /// States in which an existing job counts; empty is all but cancelled and discarded.
        package var states: [String]

        /// Makes one from its fields.
        package init(
            period: Duration? = nil,
            fields: [String] = [],
            keys: [String] = [],
            states: [String] = []
        ) {
            self.period = period
            self.fields = fields
            self.keys = keys
            self.states = states
        }
    }

    /// The relays of the inserted jobs.
    package struct AsyncResponse: WireMessage {
        /// One for each job, in order.
        package var relays: [Relay]

        /// Makes one from its fields.
        package init(
            relays: [Relay] = []
        ) {
            self.relays = relays
        }
    }

    /// The handle to await a job by, from anywhere.
    package struct Relay: WireMessage {
        /// The job's number in the table.
        package var jobID: Int64
        /// Unguessable; whoever holds it may await and cancel the job.
        package var ref: [UInt8]
        /// The instance that holds the job; empty is `default`.
        package var instance: String
        /// An existing job was returned.
        package var duplicate: Bool

        /// Makes one from its fields.
        package init(
            jobID: Int64 = 0,
            ref: [UInt8] = [],
            instance: String = "",
            duplicate: Bool = false
        ) {
            self.jobID = jobID
            self.ref = ref
            self.instance = instance
            self.duplicate = duplicate
        }
    }

    /// Asks for the answer of one relay.
    package struct AwaitRequest: WireMessage {
        /// The relay.
        package var relay: Relay?
        /// How long to wait; absent is 5 s; zero answers at once with what is known.
        package var timeout: Duration?
        /// Wait through failures, snoozes and rescues until the job has ended.
        package var withRetries: Bool
        /// When to cancel the job with the wait.
        package var cancelOn: CancelOn

        /// Makes one from its fields.
        package init(
            relay: Relay? = nil,
            timeout: Duration? = nil,
            withRetries: Bool = false,
            cancelOn: CancelOn = .unspecified
        ) {
            self.relay = relay
            self.timeout = timeout
            self.withRetries = withRetries
            self.cancelOn = cancelOn
        }
    }

    /// The answer to an Await.
    package struct AwaitResponse: WireMessage {
        /// The answer.
        package var result: AwaitResult?

        /// Makes one from its fields.
        package init(
            result: AwaitResult? = nil
        ) {
            self.result = result
        }
    }

    /// Asks for the answers of many relays.
    package struct AwaitManyRequest: WireMessage {
        /// The relays; duplicates are answered each.
        package var relays: [Relay]
        /// How long the whole call waits; absent is 5 s.
        package var timeout: Duration?
        /// Wait through failures, snoozes and rescues until each job has ended.
        package var withRetries: Bool
        /// Send progress reports too.
        package var progress: Bool
        /// End once this many are ok; 0 is all.
        package var stopAfter: UInt32
        /// End at the first that is not ok.
        package var failFast: Bool

        /// Makes one from its fields.
        package init(
            relays: [Relay] = [],
            timeout: Duration? = nil,
            withRetries: Bool = false,
            progress: Bool = false,
            stopAfter: UInt32 = 0,
            failFast: Bool = false
        ) {
            self.relays = relays
            self.timeout = timeout
            self.withRetries = withRetries
            self.progress = progress
            self.stopAfter = stopAfter
            self.failFast = failFast
        }
    }

    /// One event of an AwaitMany.
    package struct AwaitManyResponse: WireMessage {
        /// Which of the request's relays it belongs to.
        package var index: UInt32
        /// What happened.
        package var event: Event?

        /// What happened.
        package indirect enum Event: Sendable, Hashable {
            /// The relay's answer; its last event.
            case result(AwaitResult)
            /// Its executor reported progress.
            case progress(Progress)
            /// The stream lives.
            case heartbeat(Heartbeat)
        }

        /// Makes one from its fields.
        package init(
            index: UInt32 = 0,
            event: Event? = nil
        ) {
            self.index = index
            self.event = event
        }
    }

    /// Sent every 15 s of silence, so that proxies and clients know that the stream lives.
    package struct Heartbeat: WireMessage {
        /// Makes one from its fields.
        package init() {}
    }

    /// How one wait ended.
    package struct AwaitResult: WireMessage {
        /// The relay that was awaited.
        package var relay: Relay?
        /// The attempt that the outcome belongs to.
        package var attempt: UInt32
        /// How it ended.
        package var outcome: Outcome?

        /// How it ended.
        package indirect enum Outcome: Sendable, Hashable {
            /// The job's result.
            case ok(Value)
            /// Why there is none.
            case error(Failure)
        }

        /// Makes one from its fields.
        package init(
            relay: Relay? = nil,
            attempt: UInt32 = 0,
            outcome: Outcome? = nil
        ) {
            self.relay = relay
            self.attempt = attempt
            self.outcome = outcome
        }
    }

    /// A value; neither kind set is null.
    package struct Value: WireMessage {
        /// What it is.
        package var kind: Kind?
        /// Of data.
        package var contentType: String

        /// What it is.
        package enum Kind: Sendable, Hashable {
            /// JSON text.
            case json(String)
            /// Anything else.
            case data([UInt8])
        }

        /// Makes one from its fields.
        package init(
            kind: Kind? = nil,
            contentType: String = ""
        ) {
            self.kind = kind
            self.contentType = contentType
        }
    }

    /// Why a wait ended without a value.
    package struct Failure: WireMessage {
        /// What kind of ending.
        package var reason: Reason
        /// The class of the exception.
        package var kind: String
        /// What a person is told.
        package var message: String
        /// The stack of the exception.
        package var stacktrace: String
        /// The job's state now.
        package var state: String
        /// On a timeout: live executors seen for the job's queue.
        package var executors: UInt32

        /// Makes one from its fields.
        package init(
            reason: Reason = .unspecified,
            kind: String = "",
            message: String = "",
            stacktrace: String = "",
            state: String = "",
            executors: UInt32 = 0
        ) {
            self.reason = reason
            self.kind = kind
            self.message = message
            self.stacktrace = stacktrace
            self.state = state
            self.executors = executors
        }
    }

    /// A progress report of a running job; best effort.
    package struct Progress: WireMessage {
        /// The relay.
        package var relay: Relay?
        /// The report.
        package var value: Value?

        /// Makes one from its fields.
        package init(
            relay: Relay? = nil,
            value: Value? = nil
        ) {
            self.relay = relay
            self.value = value
        }
    }

    /// Asks for a job to be inserted and awaited.
    package struct CallRequest: WireMessage {
        /// The instance; empty is `default`.
        package var instance: String
        /// The job.
        package var job: NewJob?
        /// As in AwaitRequest.
        package var timeout: Duration?
        /// As in AwaitRequest.
        package var withRetries: Bool
        /// As in AwaitRequest.
        package var cancelOn: CancelOn

        /// Makes one from its fields.
        package init(
            instance: String = "",
            job: NewJob? = nil,
            timeout: Duration? = nil,
            withRetries: Bool = false,
            cancelOn: CancelOn = .unspecified
        ) {
            self.instance = instance
            self.job = job
            self.timeout = timeout
            self.withRetries = withRetries
            self.cancelOn = cancelOn
        }
    }

    /// The answer to a Call.
    package struct CallResponse: WireMessage {
        /// The answer, with the relay to go on waiting by.
        package var result: AwaitResult?

        /// Makes one from its fields.
        package init(
            result: AwaitResult? = nil
        ) {
            self.result = result
        }
    }

    /// Asks for a job to be cancelled.
    package struct CancelRequest: WireMessage {
        /// The relay of the job.
        package var relay: Relay?

        /// Makes one from its fields.
        package init(
            relay: Relay? = nil
        ) {
            self.relay = relay
        }
    }

    /// What became of a Cancel.
    package struct CancelResponse: WireMessage {
        /// Whether this call cancelled it.
        package var cancelled: Bool
        /// The job's state now.
        package var state: String

        /// Makes one from its fields.
        package init(
            cancelled: Bool = false,
            state: String = ""
        ) {
            self.cancelled = cancelled
            self.state = state
        }
    }

    /// When the end of a wait also cancels the job.
    package enum CancelOn: UInt32, Sendable, Hashable, CaseIterable {
        /// Never.
        case unspecified = 0
        /// When the wait times out.
        case timeout = 1
        /// When the caller leaves.
        case abandon = 2
        /// When either happens.
        case either = 3
    }

    /// The kinds of ending that are not ok.
    package enum Reason: UInt32, Sendable, Hashable, CaseIterable {
        /// Never sent.
        case unspecified = 0
        /// The attempts are used up, or the executor discarded the job.
        case discarded = 1
        /// The job completed, but its result is over the limit.
        case resultTooLarge = 2
        /// The executor put the job off.
        case snoozed = 3
        /// The wait ended before the job did; it goes on.
        case timeout = 4
        /// The attempt raised.
        case exception = 5
        /// The executor or somebody else cancelled the job.
        case cancelled = 6
        /// No such job, or pruned, or not with this ref.
        case notFound = 7
    }
}
