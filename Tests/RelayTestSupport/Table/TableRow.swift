package import RelayCore

/// A row of the jobs table in memory; times are microseconds by the database's clock.
package struct TableRow: Sendable, Hashable {
    /// An element of `errors`.
    package struct ErrorEntry: Sendable, Hashable {
        /// The attempt that it was written in.
        package var attempt: Int
        /// What went wrong.
        package var exception: JobException
    }

    /// The job's number.
    package var id: Int64
    /// The ref in `meta`; nil for a job that another kind of node inserted without a relay.
    package var ref: RelayRef?
    /// The job as it was inserted.
    package var job: NewJob
    /// The state.
    package var state: JobState
    /// The attempts begun; a snooze and a release take their own back.
    package var attempt = 0
    /// How often it was snoozed.
    package var snoozed = 0
    /// When it was inserted.
    package var insertedAt: Int64
    /// When it is or was due.
    package var scheduledAt: Int64
    /// When the newest attempt was claimed.
    package var attemptedAt: Int64?
    /// The session that claimed the newest attempt.
    package var session: String?
    /// When a terminal state was reached.
    package var finishedAt: Int64?
    /// The caller's deadline.
    package var expiresAt: Int64?
    /// What went wrong in each failed attempt.
    package var errors: [ErrorEntry] = []
    /// What was recorded.
    package var result = JobSnapshot.Result.none
    /// Why a caller cancelled it.
    package var cancelReason: String?

    /// What a waiter reads from the row.
    package var snapshot: JobSnapshot {
        JobSnapshot(
            id: id,
            ref: ref,
            queue: job.queue,
            state: state,
            attempt: attempt,
            snoozed: snoozed,
            result: state == .completed ? result : .none,
            lastError: lastError
        )
    }

    private var lastError: JobException? {
        if state == .completed { return nil }
        if state == .cancelled, let cancelReason {
            return JobException(kind: "Cancelled", message: cancelReason)
        }
        // A cancelled job may have failed before; that is not why it was cancelled.
        if state == .cancelled, errors.last?.attempt != attempt { return nil }
        return errors.last?.exception
    }

    mutating func fail(_ exception: JobException) {
        errors.append(ErrorEntry(attempt: attempt, exception: exception))
    }

    mutating func end(_ state: JobState, now: Int64) {
        self.state = state
        finishedAt = now
    }
}
