package import RelayCore

/// What executors do.
extension EngineMachine {
    /// An executor is attached, and may be given jobs at once.
    package mutating func attach(
        _ executor: any JobExecutor,
        queues: [String: Int],
        now: MonotonicTime
    ) -> ExecutorID {
        let id = slots.attach(executor, queues: queues)
        for queue in queues.keys.sorted() { claimer.wake(queue) }
        tellRegister(now: now)
        settleUp(now: now)
        return id
    }

    /// The register hears of changes without waiting for the next beat.
    mutating func tellRegister(now: MonotonicTime) { paces.beat.hasten(to: now) }

    /// An executor wants no more jobs.
    package mutating func drain(_ id: ExecutorID, now: MonotonicTime) {
        slots.drain(id)
        settleUp(now: now)
    }

    /// An executor is gone: the attempts that it had go back.
    package mutating func detach(_ id: ExecutorID, reason: String, now: MonotonicTime) {
        let (attempts, deserted) = slots.detach(id)
        for queue in deserted { claimer.forget(queue) }
        for job in attempts { handBack(job, reason: reason) }
        settleUp(now: now)
    }

    /// An attempt has ended.
    package mutating func finish(
        _ key: AttemptKey,
        by id: ExecutorID,
        _ outcome: ExecutionOutcome,
        now: MonotonicTime,
        reply: FinishReply?
    ) {
        guard let running = slots.release(key, by: id) else {
            if let reply { act(.finished(reply, .success(false))) }
            return
        }
        let jitter = Double.random(in: 0...1, using: &random)
        let change = outcome.change(
            of: running.job,
            killed: running.killed,
            retry: configuration.retry,
            jitter: jitter
        )
        progressBook.forget(key.jobID)
        finisher.add(
            Finisher.Item(finish: JobFinish(job: running.job, change: change), reply: reply)
        )
        settleUp(now: now)
    }

    /// A running attempt reports progress.
    package mutating func progress(
        _ key: AttemptKey,
        by id: ExecutorID,
        _ value: RelayValue,
        now: MonotonicTime
    ) {
        guard slots.attempt(key, of: id) != nil,
            value.byteCount <= configuration.limits.progressBytes
        else { return }
        progressBook.report(key, value)
        if waiters.watchers(of: key.jobID) <= Self.maxPromptWatchers { show(key.jobID, value) }
        tellProgress(now: now)
        settleUp(now: now)
    }

    /// The relays of a job that are waited for here, up to which each report is passed on at once; a crowd is told as
    /// other nodes are, since anybody may wait for a job a hundred thousand times.
    private static let maxPromptWatchers = 16

    private mutating func show(_ job: Int64, _ value: RelayValue) {
        if let ref = slots.ref(job) { waiters.progress(job, value, ref: ref) }
    }

    /// Passes reports on that rested for long enough.
    mutating func tellProgress(now: MonotonicTime) {
        let othersListen = othersMayListen(now: now)
        for signal in progressBook.due(interval: configuration.rhythm.progress, now: now) {
            guard case .progress(let job, _, let value) = signal else { continue }
            if waiters.watchers(of: job) > Self.maxPromptWatchers { show(job, value) }
            if othersListen { notifier.send(signal) }
        }
    }

    // MARK: What the table answers

    /// A claim has ended.
    package mutating func claimed(
        _ request: ClaimRequest,
        _ result: Result<ClaimedBatch, StoreError>,
        now: MonotonicTime
    ) {
        switch result {
        case .failure(let error):
            // The poll tries again; jobs of a claim whose commit is unknown are found as strays.
            claimer.ended(request, taken: nil)
            note(.claimFailed(queue: request.queue, "\(error)"))
        case .success(let batch):
            claimer.ended(request, taken: batch.jobs.count + batch.expired.count)
            place(batch.jobs, in: request.queue)
            for snapshot in batch.expired { settled(snapshot, now: now) }
            if !slots.serves(request.queue) { claimer.forget(request.queue) }
        }
        settleUp(now: now)
    }

    /// A batch of outcomes has ended.
    package mutating func finishEnded(
        _ results: [Result<FinishReport, StoreError>],
        now: MonotonicTime
    ) {
        let ended = finisher.batchEnded(results, rest: configuration.rhythm.finishRetry, now: now)
        for (item, snapshot) in ended.accepted {
            settled(snapshot, now: now)
            if snapshot.state == .available { offer(snapshot.queue) }
            if let reply = item.reply { act(.finished(reply, .success(true))) }
        }
        for item in ended.fenced {
            // Somebody else has written the row, and may have told nobody.
            let id = item.finish.job.id
            if waiters.waits(for: id) { reader.want(id) }
            if let reply = item.reply { act(.finished(reply, .success(false))) }
        }
        for (item, why) in ended.rejected { storeFailure(of: item, why) }
        if ended.postponed > 0 { note(.finishFailed(jobs: ended.postponed, ended.reason)) }
        settleUp(now: now)
    }

    // MARK: Steps

    mutating func place(_ jobs: [ClaimedJob], in queue: String) {
        let (runs, left) = slots.place(jobs, in: queue)
        for (executor, jobs) in runs {
            for job in jobs { waiters.note(job.id, state: .executing, attempt: job.attempt) }
            act(.run(executor, jobs))
        }
        for job in left { release(job) }
    }

    /// A job was claimed for a slot that has gone meanwhile: nothing ran, so the attempt doesn't count.
    private mutating func release(_ job: ClaimedJob) {
        finisher.add(Finisher.Item(finish: JobFinish(job: job, change: .release), reply: nil))
    }

    mutating func handBack(_ job: ClaimedJob, reason: String) {
        progressBook.forget(job.id)
        finisher.add(
            Finisher.Item(
                finish: JobFinish(job: job, change: .handBack(reason: reason)),
                reply: nil
            )
        )
    }

    /// A row has changed here: waiters here are answered from memory, those elsewhere are told.
    mutating func settled(_ snapshot: JobSnapshot, now: MonotonicTime) {
        if waiters.waits(for: snapshot.id) {
            waiters.settle(snapshot, executors: executors)
        } else if insertingCalls.count > 0 {
            recent.insert(snapshot.id, now: now)
        }
        if snapshot.ref != nil, othersMayListen(now: now) { notifier.settled(snapshot.id) }
    }

    /// A row was read: where it says that an attempt which runs here is the job's no longer, its executor is told.
    mutating func stopIfLost(_ snapshot: JobSnapshot) {
        guard let mine = slots.newestAttempt(snapshot.id) else { return }
        let isMine = snapshot.attempt == mine.attempt && snapshot.state == .executing
        // A row that was read before the claim names an earlier attempt.
        guard !isMine, snapshot.attempt >= mine.attempt else { return }
        if let (executor, key) = slots.kill(snapshot.id) { act(.stop(executor, key)) }
    }

    /// The database refuses the outcome itself, say for a text that it cannot hold: the attempt has failed then.
    private mutating func storeFailure(of item: Finisher.Item, _ why: String) {
        let job = item.finish.job
        note(.unstorable(job: job.id, why))
        if case .discard(let exception) = item.finish.change, exception.kind == Self.unstorableKind
        {
            if let reply = item.reply { act(.finished(reply, .success(false))) }
            return
        }
        let exception = JobException(
            kind: Self.unstorableKind,
            message: "the database refused the outcome of this attempt"
        )
        let finish = JobFinish(job: job, change: .discard(exception))
        finisher.add(Finisher.Item(finish: finish, reply: item.reply))
    }

    private static let unstorableKind = "UnstorableOutcome"
}
