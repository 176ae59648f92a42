/// The jobs table, as the engine needs it.
///
/// Every operation is a batch. Each completion is called exactly once, on any thread, and must not block; the store
/// keeps at most one batch of each kind under way and lets the rest gather. An adapter proves itself by passing
/// `JobStoreConformance` in the tests.
package protocol JobStore: AnyObject, Sendable {
    /// Inserts each request's jobs, all or none of them, and answers each request for itself.
    func insert(
        _ requests: [InsertRequest],
        then: @escaping @Sendable ([Result<[InsertedJob], StoreError>]) -> Void
    )

    /// Takes due jobs of a queue, in Oban's order: priority, scheduled_at, id.
    func claim(
        _ request: ClaimRequest,
        then: @escaping @Sendable (Result<ClaimedBatch, StoreError>) -> Void
    )

    /// Writes the outcomes of attempts, each fenced by `(id, executing, attempt)` and the session that claimed it.
    func finish(
        _ finishes: [JobFinish],
        then: @escaping @Sendable ([Result<FinishReport, StoreError>]) -> Void
    )

    /// Reads rows by id; ids without a row (or outcome row) are missing from the answer. A job past its caller's deadline
    /// that never began is cancelled on the way.
    func lookup(
        _ ids: [Int64],
        then: @escaping @Sendable (Result<[JobSnapshot], StoreError>) -> Void
    )

    /// Cancels jobs that aren't in a terminal state, executing ones too.
    func cancel(
        _ targets: [CancelTarget],
        then: @escaping @Sendable (Result<[CancelReport], StoreError>) -> Void
    )

    /// Makes scheduled and retryable jobs available that are due, at most `limit`; answers the queues that got some.
    func stage(limit: Int, then: @escaping @Sendable (Result<StagedBatch, StoreError>) -> Void)

    /// Tells the register that this session lives, and which queues it serves; answers what it knows of the others.
    func beat(_ beat: SessionBeat, then: @escaping @Sendable (Result<Census, StoreError>) -> Void)

    /// Gives back the executing jobs of sessions that are known to be dead, and jobs that claim to be executing
    /// in `session` itself but that no executor here knows of.
    func rescue(
        _ request: RescueRequest,
        then: @escaping @Sendable (Result<[RescuedJob], StoreError>) -> Void
    )

    /// Deletes finished jobs past their retention, at most `limit`; answers how many.
    func prune(
        olderThan retention: Duration,
        limit: Int,
        then: @escaping @Sendable (Result<Int, StoreError>) -> Void
    )
}

/// The jobs of one caller, inserted all or none.
package struct InsertRequest: Sendable {
    package var jobs: [JobInsert]

    package init(jobs: [JobInsert]) {
        self.jobs = jobs
    }
}

/// A checked job and the ref drawn for its relay.
package struct JobInsert: Sendable {
    package var job: NewJob
    package var ref: RelayRef
    /// Whether a slot of this session waits for the job, so that it may be inserted as executing.
    ///
    /// The store may insert it as available all the same; a job that is not due yet it must.
    package var dispatch: Bool

    package init(job: NewJob, ref: RelayRef, dispatch: Bool = false) {
        self.job = job
        self.ref = ref
        self.dispatch = dispatch
    }
}

/// Where a job came to stand.
package struct InsertedJob: Sendable, Hashable {
    package var id: Int64
    /// The ref to await it by: the one drawn, or the existing job's where `duplicate`.
    package var ref: RelayRef
    /// `available`, `scheduled`, or `executing` where it was dispatched; of an existing job, its state as far as it is
    /// known.
    package var state: JobState
    package var queue: String
    /// Whether an existing job stands for it.
    package var duplicate: Bool
    /// The attempt that this session now has, where the job was dispatched.
    package var claimed: ClaimedJob?

    /// Makes the answer for a job that waits.
    package init(id: Int64, ref: RelayRef, state: JobState, queue: String, duplicate: Bool = false)
    {
        self.id = id
        self.ref = ref
        self.state = state
        self.queue = queue
        self.duplicate = duplicate
    }

    /// Makes the answer for a job that was dispatched.
    package init(claimed: ClaimedJob, ref: RelayRef) {
        self.init(id: claimed.id, ref: ref, state: .executing, queue: claimed.queue)
        self.claimed = claimed
    }
}

/// How many due jobs of which queue to take.
package struct ClaimRequest: Sendable, Hashable {
    package var queue: String
    /// The most jobs, at least 1.
    package var limit: Int
    /// The most bytes of arguments, so that large jobs don't fill the memory; one job is always taken.
    package var argsBytes: Int

    package init(queue: String, limit: Int, argsBytes: Int = 8 * 1024 * 1024) {
        self.queue = queue
        self.limit = limit
        self.argsBytes = argsBytes
    }
}

/// What a claim took.
package struct ClaimedBatch: Sendable {
    /// The jobs that now execute in this session, in order.
    package var jobs: [ClaimedJob]
    /// The jobs that were past their caller's deadline and are cancelled instead.
    package var expired: [JobSnapshot]

    package init(jobs: [ClaimedJob], expired: [JobSnapshot] = []) {
        self.jobs = jobs
        self.expired = expired
    }
}

/// The outcome of one attempt, to be written.
package struct JobFinish: Sendable {
    /// What becomes of the job.
    package enum Change: Sendable, Hashable {
        case complete(RelayValue)
        /// Failed, to be tried again after the delay.
        case retry(JobException, after: Duration)
        case snooze(Duration)
        case cancel(reason: String)
        case discard(JobException)
        /// The executor was lost: available again with the attempt counted, or discarded if it was the last.
        case handBack(reason: String)
        /// No executor ever began: available again, and the attempt doesn't count.
        case release
    }

    package var job: ClaimedJob
    package var change: Change

    package init(job: ClaimedJob, change: Change) {
        self.job = job
        self.change = change
    }
}

/// What became of a finish.
package enum FinishReport: Sendable {
    /// It was written; the row as it now is.
    case accepted(JobSnapshot)
    /// Another attempt or session owns the job, or it is finished already; nothing was written.
    case fenced
}

/// A job to cancel, by the ref that proves the right to.
package struct CancelTarget: Sendable, Hashable {
    package var id: Int64
    package var ref: RelayRef

    package init(id: Int64, ref: RelayRef) {
        self.id = id
        self.ref = ref
    }
}

/// What became of a cancellation.
package struct CancelReport: Sendable {
    package enum Result: Sendable, Hashable {
        /// It was cancelled now; `wasExecuting` if an executor has to be told.
        case cancelled(wasExecuting: Bool)
        /// It had ended already.
        case finished
        /// No such job, or not with this ref.
        case unknown
    }

    package var target: CancelTarget
    package var result: Result
    /// The row as it now is; nil where unknown.
    package var snapshot: JobSnapshot?

    package init(target: CancelTarget, result: Result, snapshot: JobSnapshot?) {
        self.target = target
        self.result = result
        self.snapshot = snapshot
    }
}

/// What staging did.
package struct StagedBatch: Sendable {
    /// The queues that have jobs newly available.
    package var queues: Set<String>
    /// How many jobs were staged; as many as the limit means that there may be more.
    package var count: Int
    /// Due jobs that were past their caller's deadline and are cancelled instead.
    package var expired: [JobSnapshot]

    package init(queues: Set<String>, count: Int, expired: [JobSnapshot] = []) {
        self.queues = queues
        self.count = count
        self.expired = expired
    }
}

/// What this session says of itself with each beat.
package struct SessionBeat: Sendable {
    /// The queues that executors attached here serve, with their slots.
    package var queues: [String: Int]
    /// The queues that are paused here.
    package var paused: Set<String>
    /// Whether the session ends, so that its entries can go.
    package var leaving: Bool

    package init(queues: [String: Int], paused: Set<String> = [], leaving: Bool = false) {
        self.queues = queues
        self.paused = paused
        self.leaving = leaving
    }
}

/// What the register knows of sessions, by the database's clock.
package struct Census: Sendable {
    /// Another relay session that owns executing jobs, as seen now.
    package struct Sighting: Sendable, Hashable {
        package var session: String
        /// Whether its heartbeat connection is there.
        package var connected: Bool
        /// How long ago it last beat; nil where the register doesn't say.
        package var silence: Duration?

        package init(session: String, connected: Bool, silence: Duration?) {
            self.session = session
            self.connected = connected
            self.silence = silence
        }
    }

    /// The other sessions that own executing jobs.
    package var sightings: [Sighting]
    /// The jobs that are executing in this session, by the table.
    package var own: [AttemptKey]
    /// Live executors seen elsewhere, by queue.
    package var executorsElsewhere: [String: Int]
    /// How many other relay nodes are connected, with or without jobs.
    package var otherNodes: Int

    package init(
        sightings: [Sighting],
        own: [AttemptKey],
        executorsElsewhere: [String: Int],
        otherNodes: Int
    ) {
        self.sightings = sightings
        self.own = own
        self.executorsElsewhere = executorsElsewhere
        self.otherNodes = otherNodes
    }
}

/// Whose jobs to give back.
package struct RescueRequest: Sendable {
    /// Sessions that are dead.
    package var sessions: [String]
    /// Attempts of this session that nobody here runs.
    package var strays: [AttemptKey]
    /// What the `errors` entry says.
    package var reason: String

    package init(sessions: [String], strays: [AttemptKey], reason: String) {
        self.sessions = sessions
        self.strays = strays
        self.reason = reason
    }
}

/// A job that was given back.
package struct RescuedJob: Sendable {
    /// The row as it now is: available, or discarded if its attempts were used up.
    package var snapshot: JobSnapshot

    package init(snapshot: JobSnapshot) {
        self.snapshot = snapshot
    }
}

/// Why the store could not do something.
package enum StoreError: Error, Sendable, Hashable {
    /// Nothing was written, and it may work later.
    case unavailable(String)
    /// The connection was lost with a commit under way: it may or may not have been written.
    case unknown(String)
    /// The database refused this member of the batch, whatever the reason; trying again would not help.
    case rejected(String)
    /// The idempotency key is taken by another job.
    case keyConflict(key: String)
    /// Somebody else has locked the row; nothing was written, and it may work soon.
    case busy
    /// The database refuses what has nothing to do with the jobs, say for want of a privilege: an operator must mend it.
    case misconfigured(String)
    /// The table of idempotency keys is not installed.
    case keysNotInstalled
}

extension StoreError: CustomStringConvertible {
    /// For logs.
    package var description: String {
        switch self {
        case .unavailable(let why): why
        case .unknown(let why): "it is not known whether it was written: \(why)"
        case .rejected(let why): "refused: \(why)"
        case .busy: "somebody else has locked the row"
        case .misconfigured(let why): "refused, for an operator to mend: \(why)"
        case .keyConflict: "the idempotency key is taken by another job"
        case .keysNotInstalled: "the table of idempotency keys is not installed"
        }
    }
}
