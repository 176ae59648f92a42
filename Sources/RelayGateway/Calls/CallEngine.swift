package import RelayCore
package import RelayEngine

/// What the gateway needs of an engine: one instance's jobs.
///
/// Completions come exactly once, on any thread, perhaps before the function returns.
package protocol CallEngine: AnyObject, Sendable {
    /// Several calls follow at once, which are to go in one batch; ``endGathering()`` must come right after them.
    func beginGathering()

    /// What was gathered may go.
    func endGathering()

    /// Inserts checked jobs, all or none.
    func async(_ jobs: [NewJob], then reply: @escaping AsyncReply)

    /// Waits for the answer of a relay.
    func await(
        _ relay: RelayHandle,
        options: AwaitOptions,
        then reply: @escaping AwaitReply
    ) -> WaitID

    /// Waits for the answers of many relays; the last event is `finished`.
    func awaitMany(
        _ relays: [RelayHandle],
        options: AwaitManyOptions,
        receive: @escaping AwaitManyReply
    ) -> WaitID

    /// Inserts a checked job and waits for its answer.
    func call(
        _ job: NewJob,
        options: AwaitOptions,
        then reply: @escaping AwaitReply
    ) -> WaitID

    /// The caller of a wait has left.
    func abandon(_ wait: WaitID)

    /// Cancels a job, wherever it is.
    func cancel(_ relay: RelayHandle, then reply: @escaping CancelReply)

    /// Attaches an executor, with how many jobs of each queue it runs at once.
    func attach(_ executor: any JobExecutor, queues: [String: Int]) -> ExecutorID

    /// Gives the executor no more jobs.
    func drain(_ executor: ExecutorID)

    /// The executor is gone: the attempts that it had go back at once.
    func detach(_ executor: ExecutorID, reason: String)

    /// An attempt has ended; answers whether that was accepted.
    func finish(
        _ key: AttemptKey,
        by executor: ExecutorID,
        _ outcome: ExecutionOutcome,
        then reply: @escaping FinishReply
    )

    /// A running attempt reports progress; best effort.
    func progress(_ key: AttemptKey, by executor: ExecutorID, _ value: RelayValue)
}

extension Engine: CallEngine {}
