// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

extension Wire {
    /// What an executor says.
    package struct WorkRequest: WireMessage {
        /// One of them.
        package var message: Message?

        /// One of them.
        package indirect enum Message: Sendable, Hashable {
            /// First, and once.
            case subscribe(Subscribe)
            /// An attempt has ended.
            case finish(Finish)
            /// A running attempt reports progress.
            case progress(ProgressReport)
            /// Give me no more jobs; I finish what I have.
            case drain(Drain)
        }

        /// Makes one from its fields.
        package init(
            message: Message? = nil
        ) {
            self.message = message
        }
    }

    /// Which queues the executor serves.
    package struct Subscribe: WireMessage {
        /// The instance; empty is `default`.
        package var instance: String
        /// The executor's name, for people.
        package var node: String
        /// At least one.
        package var queues: [QueueLimit]

        /// Makes one from its fields.
        package init(
            instance: String = "",
            node: String = "",
            queues: [QueueLimit] = []
        ) {
            self.instance = instance
            self.node = node
            self.queues = queues
        }
    }

    /// How many jobs of a queue the executor runs at once.
    package struct QueueLimit: WireMessage {
        /// The queue's name.
        package var queue: String
        /// At least 1.
        package var limit: UInt32

        /// Makes one from its fields.
        package init(
            queue: String = "",
            limit: UInt32 = 0
        ) {
            self.queue = queue
            self.limit = limit
        }
    }

    /// How an attempt ended.
    package struct Finish: WireMessage {
        /// The job.
        package var jobID: Int64
        /// The attempt.
        package var attempt: UInt32
        /// How it ended; none set is ok with null.
        package var outcome: Outcome?

        /// How it ended; none set is ok with null.
        package indirect enum Outcome: Sendable, Hashable {
            /// The result.
            case ok(Value)
            /// It raised.
            case exception(Exception)
            /// Run it again after this long.
            case snooze(Duration)
            /// Cancel the job, with the reason.
            case cancel(String)
            /// Never try again, with the reason.
            case discard(String)
        }

        /// Makes one from its fields.
        package init(
            jobID: Int64 = 0,
            attempt: UInt32 = 0,
            outcome: Outcome? = nil
        ) {
            self.jobID = jobID
            self.attempt = attempt
            self.outcome = outcome
        }
    }

    /// What an attempt raised.
    package struct Exception: WireMessage {
        /// The class of the error.
        package var kind: String
        /// What a person is told.
        package var message: String
        /// The stack.
        package var stacktrace: String

        /// Makes one from its fields.
        package init(
            kind: String = "",
            message: String = "",
            stacktrace: String = ""
        ) {
            self.kind = kind
            self.message = message
            self.stacktrace = stacktrace
        }
    }

    /// Progress of a running attempt; best effort, at most 4 KB.
    package struct ProgressReport: WireMessage {
        /// The job.
        package var jobID: Int64
        /// The attempt.
        package var attempt: UInt32
        /// The report.
        package var value: Value?

        /// Makes one from its fields.
        package init(
            jobID: Int64 = 0,
            attempt: UInt32 = 0,
            value: Value? = nil
        ) {
            self.jobID = jobID
            self.attempt = attempt
            self.value = value
        }
    }

    /// What an executor is told.
    package struct WorkResponse: WireMessage {
        /// One of them.
        package var message: Message?

        /// One of them.
        package indirect enum Message: Sendable, Hashable {
            /// The subscription holds.
            case subscribed(Subscribed)
            /// Run this.
            case job(Job)
            /// Stop running this; it is cancelled.
            case cancel(CancelJob)
            /// A Finish was dealt with.
            case finished(Finished)
            /// No more jobs will come.
            case draining(Draining)
        }

        /// Makes one from its fields.
        package init(
            message: Message? = nil
        ) {
            self.message = message
        }
    }

    /// One attempt of a job.
    package struct Job: WireMessage {
        /// The job's number in the table.
        package var id: Int64
        /// Which attempt this is, from 1.
        package var attempt: UInt32
        /// How many there may be.
        package var maxAttempts: UInt32
        /// The worker's name.
        package var worker: String
        /// The queue.
        package var queue: String
        /// A JSON object.
        package var args: String
        /// A JSON object.
        package var meta: String
        /// Labels.
        package var tags: [String]
        /// 0 to 9.
        package var priority: UInt32
        /// When the job was inserted.
        package var insertedAt: Timestamp?
        /// When the job was due.
        package var scheduledAt: Timestamp?
        /// When this attempt was claimed.
        package var attemptedAt: Timestamp?
        /// Of the caller's expires_in; absent where there is none.
        package var remaining: Duration?
        /// The W3C trace context of the caller.
        package var traceparent: String

        /// Makes one from its fields.
        package init(
            id: Int64 = 0,
            attempt: UInt32 = 0,
            maxAttempts: UInt32 = 0,
            worker: String = "",
            queue: String = "",
            args: String = "",
            meta: String = "",
            tags: [String] = [],
            priority: UInt32 = 0,
            insertedAt: Timestamp? = nil,
            scheduledAt: Timestamp? = nil,
            attemptedAt: Timestamp? = nil,
            remaining: Duration? = nil,
            traceparent: String = ""
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
            self.remaining = remaining
            self.traceparent = traceparent
        }
    }

    /// What became of a Finish.
    package struct Finished: WireMessage {
        /// The job.
        package var jobID: Int64
        /// The attempt.
        package var attempt: UInt32
        /// False: fenced off, another attempt owns the job.
        package var accepted: Bool

        /// Makes one from its fields.
        package init(
            jobID: Int64 = 0,
            attempt: UInt32 = 0,
            accepted: Bool = false
        ) {
            self.jobID = jobID
            self.attempt = attempt
            self.accepted = accepted
        }
    }

    /// Stop running this.
    package struct CancelJob: WireMessage {
        /// The job.
        package var jobID: Int64
        /// The attempt.
        package var attempt: UInt32

        /// Makes one from its fields.
        package init(
            jobID: Int64 = 0,
            attempt: UInt32 = 0
        ) {
            self.jobID = jobID
            self.attempt = attempt
        }
    }

    /// The subscription holds.
    package struct Subscribed: WireMessage {
        /// The node that the executor is attached to.
        package var node: String

        /// Makes one from its fields.
        package init(
            node: String = ""
        ) {
            self.node = node
        }
    }

    /// No more jobs will come.
    package struct Draining: WireMessage {
        /// Makes one from its fields.
        package init() {}
    }

    /// Give me no more jobs.
    package struct Drain: WireMessage {
        /// Makes one from its fields.
        package init() {}
    }
}
