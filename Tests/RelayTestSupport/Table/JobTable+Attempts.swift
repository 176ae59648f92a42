package import RelayCore

extension JobTable {
    private static let expired = JobException(kind: "Expired", message: "expired")
    /// What waiters of a cancelled job are told.
    package static let cancelReason = "cancelled by a caller"

    /// Takes due jobs for a session, in Oban's order.
    package mutating func claim(_ request: ClaimRequest, session: String) -> ClaimedBatch {
        let due = rows(in: .available).filter {
            $0.job.queue == request.queue && $0.attempt < $0.job.maxAttempts
        }.sorted {
            ($0.job.priority, $0.scheduledAt, $0.id) < ($1.job.priority, $1.scheduledAt, $1.id)
        }
        var batch = ClaimedBatch(jobs: [])
        var bytes = 0
        for row in due.prefix(request.limit) where bytes < request.argsBytes {
            bytes += row.job.args.utf8.count
            if let expiresAt = row.expiresAt, expiresAt < clock {
                expire(row.id)
                if let snapshot = rows[row.id]?.snapshot { batch.expired.append(snapshot) }
            } else {
                if let claimed = start(row.id, in: session) { batch.jobs.append(claimed) }
            }
        }
        return batch
    }

    /// A job's next attempt begins in a session.
    mutating func start(_ id: Int64, in session: String) -> ClaimedJob? {
        let now = clock
        change(id) {
            $0.state = .executing
            $0.attempt += 1
            $0.attemptedAt = now
            $0.session = session
        }
        claims[id, default: 0] += 1
        return rows[id].map(claimedJob)
    }

    /// Reads rows; those past their caller's deadline that nobody claimed are cancelled on the way.
    package mutating func lookup(_ ids: [Int64]) -> [JobSnapshot] {
        for id in ids {
            guard let row = rows[id], row.state == .available || row.state == .scheduled,
                row.attempt == 0, let expiresAt = row.expiresAt, expiresAt < clock
            else { continue }
            expire(id)
        }
        return ids.compactMap { rows[$0]?.snapshot }
    }

    private mutating func expire(_ id: Int64) {
        let now = clock
        change(id) {
            $0.fail(Self.expired)
            $0.end(.cancelled, now: now)
        }
    }

    private func claimedJob(_ row: TableRow) -> ClaimedJob {
        ClaimedJob(
            id: row.id,
            attempt: row.attempt,
            maxAttempts: row.job.maxAttempts,
            worker: row.job.worker,
            queue: row.job.queue,
            args: row.job.args,
            meta: row.job.meta,
            tags: row.job.tags,
            priority: row.job.priority,
            insertedAt: row.insertedAt,
            scheduledAt: row.scheduledAt,
            attemptedAt: row.attemptedAt ?? 0,
            snoozed: row.snoozed,
            remaining: row.expiresAt.map { .microseconds($0 - clock) },
            traceparent: row.job.traceparent,
            ref: row.ref
        )
    }

    /// Writes the outcome of an attempt, fenced; `resent` if it was sent before with an unknown end.
    package mutating func finish(
        _ finish: JobFinish,
        session: String,
        resent: Bool
    ) -> Result<FinishReport, StoreError> {
        if case .complete(.json(let text)) = finish.change, text.contains("\\u0000") {
            return .failure(.rejected("U+0000 in the result"))
        }
        let key = finish.job.key
        guard let row = rows[key.jobID], row.session == session || !isFenced else {
            return .success(.fenced)
        }
        guard (row.state == .executing && row.attempt == key.attempt) || !isFenced else {
            if resent, Self.shows(row, finish) { return .success(.accepted(row.snapshot)) }
            return .success(.fenced)
        }
        let (now, limit) = (clock, resultLimit)
        change(row.id) { $0.apply(finish.change, now: now, resultLimit: limit) }
        guard let snapshot = rows[row.id]?.snapshot else { return .success(.fenced) }
        return .success(.accepted(snapshot))
    }

    /// Whether the row says what the outcome would have made of it.
    private static func shows(_ row: TableRow, _ finish: JobFinish) -> Bool {
        let attempt = finish.job.attempt
        switch finish.change {
        case .complete: return row.attempt == attempt && row.state == .completed
        case .retry: return row.attempt == attempt && row.state == .retryable
        case .cancel: return row.attempt == attempt && row.state == .cancelled
        case .discard: return row.attempt == attempt && row.state == .discarded
        case .handBack:
            return row.attempt == attempt && (row.state == .available || row.state == .discarded)
        case .snooze: return row.attempt == attempt - 1 && row.state == .scheduled
        case .release: return row.attempt == attempt - 1 && row.state == .available
        }
    }

    /// Cancels jobs that have not ended.
    package mutating func cancel(_ targets: [CancelTarget]) -> [CancelReport] {
        targets.map { target in
            guard let row = rows[target.id], row.ref == target.ref else {
                return CancelReport(target: target, result: .unknown, snapshot: nil)
            }
            if row.state.isTerminal {
                return CancelReport(target: target, result: .finished, snapshot: row.snapshot)
            }
            let now = clock
            change(row.id) {
                $0.cancelReason = Self.cancelReason
                $0.end(.cancelled, now: now)
            }
            return CancelReport(
                target: target,
                result: .cancelled(wasExecuting: row.state == .executing),
                snapshot: rows[row.id]?.snapshot
            )
        }
    }

    /// Makes due jobs available.
    package mutating func stage(limit: Int) -> StagedBatch {
        let due = rows(in: .scheduled, .retryable).filter { $0.scheduledAt <= clock }.sorted {
            ($0.scheduledAt, $0.id) < ($1.scheduledAt, $1.id)
        }.prefix(limit)
        var batch = StagedBatch(queues: [], count: due.count)
        for row in due {
            if let expiresAt = row.expiresAt, expiresAt < clock, row.attempt == 0 {
                expire(row.id)
                if let snapshot = rows[row.id]?.snapshot { batch.expired.append(snapshot) }
            } else {
                change(row.id) { $0.state = .available }
                batch.queues.insert(row.job.queue)
            }
        }
        return batch
    }
}

extension TableRow {
    fileprivate mutating func apply(_ change: JobFinish.Change, now: Int64, resultLimit: Int) {
        switch change {
        case .complete(let value):
            if ref != nil {
                let size = value.byteCount
                result = size > resultLimit ? .tooLarge(byteCount: size) : .value(value)
            }
            end(.completed, now: now)
        case .retry(let exception, let rest):
            fail(exception)
            state = .retryable
            scheduledAt = now + rest.wholeMicroseconds
        case .snooze(let rest):
            state = .scheduled
            attempt -= 1
            snoozed += 1
            scheduledAt = now + rest.wholeMicroseconds
        case .cancel(let reason):
            fail(JobException(kind: "Cancelled", message: reason))
            end(.cancelled, now: now)
        case .discard(let exception):
            fail(exception)
            end(.discarded, now: now)
        case .handBack(let reason):
            handBack(reason, now: now)
        case .release:
            state = .available
            attempt -= 1
        }
    }

    mutating func handBack(_ reason: String, now: Int64) {
        fail(JobException(kind: "ExecutorLost", message: reason))
        if attempt >= job.maxAttempts {
            end(.discarded, now: now)
        } else {
            state = .available
        }
    }
}
