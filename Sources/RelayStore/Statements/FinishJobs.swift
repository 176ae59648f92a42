import RelayCore
import RelayPostgres

/// Writes outcomes, each fenced by job, attempt and session: what another attempt or node owns stays as it is.
struct FinishJobs {
    /// One outcome, ready to be written, and what the row will say.
    struct Row {
        var finish: JobFinish
        var change: String
        var delay: Int64?
        var meta: String?
        var error: String?
        var result: JobSnapshot.Result
        var lastError: JobException?
    }

    let rows: [Row]

    /// Sorted by id, so that two batches never lock rows in opposite orders.
    init(_ finishes: [JobFinish], resultLimit: Int) {
        rows = finishes.sorted { $0.job.id < $1.job.id }.map { Row($0, resultLimit: resultLimit) }
    }

    /// The fence is hidden from the planner by `IS TRUE`: it would else walk all that is executing for each batch.
    ///
    /// With `passing`, rows that somebody else has locked are passed by, and named: slower, so only for batches that met
    /// such a row before.
    static func sql(_ s: SchemaName, passing: Bool = false) -> String {
        let free =
            passing
            ? """
            , free AS MATERIALIZED (
                SELECT j.id FROM "\(s)".oban_jobs j WHERE j.id = ANY ($1::bigint[]) FOR UPDATE SKIP LOCKED
            )
            """ : ""
        let isFree = passing ? "AND (j.id IN (SELECT f.id FROM free f)) IS TRUE" : ""
        let locked =
            passing
            ? """
            UNION ALL SELECT j.id, '\(lockedMark)', 0, NULL, NULL FROM "\(s)".oban_jobs j
            WHERE j.id = ANY ($1::bigint[]) AND (j.id IN (SELECT f.id FROM free f)) IS NOT TRUE
            """ : ""
        return """
            WITH i AS MATERIALIZED (
                SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[], $5::text[], $6::text[], $8::bool[])
                    AS i(id, attempt, change, delay, meta, error, known)
            )\(free), done AS (
                UPDATE "\(s)".oban_jobs j SET
                    state = (CASE i.change
                        WHEN 'hand_back' THEN CASE WHEN j.attempt >= j.max_attempts THEN 'discarded' ELSE 'available' END
                        WHEN 'release' THEN 'available' ELSE i.change END)::"\(s)".oban_job_state,
                    attempt = CASE WHEN i.change IN ('scheduled', 'release') THEN j.attempt - 1 ELSE j.attempt END,
                    completed_at = CASE i.change WHEN 'completed' THEN timezone('UTC', now()) ELSE j.completed_at END,
                    cancelled_at = CASE i.change WHEN 'cancelled' THEN timezone('UTC', now()) ELSE j.cancelled_at END,
                    discarded_at = CASE WHEN i.change = 'discarded'
                        OR (i.change = 'hand_back' AND j.attempt >= j.max_attempts)
                        THEN timezone('UTC', now()) ELSE j.discarded_at END,
                    scheduled_at = CASE WHEN i.delay IS NULL THEN j.scheduled_at
                        ELSE timezone('UTC', now()) + i.delay * interval '1 microsecond' END,
                    meta = CASE WHEN i.change = 'scheduled' THEN coalesce(j.meta, '{}') || jsonb_build_object('snoozed',
                            CASE WHEN jsonb_typeof(j.meta->'snoozed') = 'number' THEN (j.meta->>'snoozed')::numeric ELSE 0 END + 1)
                        WHEN i.meta IS NULL OR NOT (i.known OR coalesce(j.meta, '{}') ? 'relay') THEN j.meta
                        ELSE coalesce(j.meta, '{}') || i.meta::jsonb END,
                    errors = CASE WHEN i.error IS NULL THEN j.errors ELSE j.errors || (\(ErrorEntry.head) || i.error::jsonb) END
                FROM i
                WHERE j.id = i.id AND j.id = ANY ($1::bigint[]) AND j.attempt = i.attempt
                    AND (j.state = 'executing' AND j.attempted_by[2] = $7::text) IS TRUE \(isFree)
                RETURNING j.id, j.state::text AS state, j.attempt,
                    CASE WHEN jsonb_typeof(j.meta->'snoozed') = 'number' THEN j.meta->>'snoozed' END AS snoozed,
                    CASE WHEN NOT i.known THEN j.meta->>'relay' END AS ref
            )
            SELECT d.id, d.state, d.attempt, d.snoozed, d.ref FROM done d
            \(locked)
            """
    }

    /// What stands for the state of a row that is locked.
    private static let lockedMark = "locked"

    /// The rows that were passed by.
    static func locked(_ done: PGResult) -> Set<Int64> {
        Set(
            (0..<done.rowCount).filter { done.text($0, 1) == lockedMark }.compactMap {
                done.int8($0, 0)
            }
        )
    }

    func statement(_ s: SchemaName, _ session: Session, passing: Bool) -> PGStatement {
        PGStatement(
            Self.sql(s, passing: passing),
            [
                .int8Array(rows.map { $0.finish.job.id }),
                .int4Array(rows.map { Int32($0.finish.job.attempt) }),
                .textArray(rows.map(\.change)), .int8Array(rows.map(\.delay)),
                .textArray(rows.map(\.meta)),
                .textArray(rows.map(\.error)), .text(session.id),
                .boolArray(rows.map { $0.finish.job.ref != nil }),
            ]
        )
    }

    /// Reads the rows as they are now, for outcomes that were sent before with an unknown end.
    static func check(_ s: SchemaName) -> String {
        """
        SELECT j.id, j.state::text, j.attempt,
            CASE WHEN jsonb_typeof(j.meta->'snoozed') = 'number' THEN j.meta->>'snoozed' END, j.meta->>'relay'
        FROM "\(s)".oban_jobs j WHERE j.id = ANY ($1::bigint[]) AND j.attempted_by[2] = $2::text
        """
    }

    func checkStatement(_ s: SchemaName, _ session: Session) -> PGStatement {
        PGStatement(Self.check(s), [.int8Array(rows.map { $0.finish.job.id }), .text(session.id)])
    }

    /// What became of each attempt that is not fenced off.
    ///
    /// `now` are the rows of `check`: what they say already was written by the first sending.
    func read(_ done: PGResult, now: PGResult?) -> [AttemptKey: FinishReport] {
        var reports: [AttemptKey: FinishReport] = [:]
        let found = Self.lines(done)
        let current = now.map(Self.lines) ?? [:]
        for row in rows {
            let job = row.finish.job
            if let line = found[job.id] {
                reports[job.key] = .accepted(row.snapshot(line))
            } else if let line = current[job.id], row.wants(line.state),
                line.attempt == (row.givesAttemptBack ? job.attempt - 1 : job.attempt)
            {
                reports[job.key] = .accepted(row.snapshot(line))
            }
        }
        return reports
    }

    fileprivate struct Line {
        var state: JobState
        var attempt: Int
        var snoozed: Int
        /// The ref, where the attempt was taken without one.
        var ref: RelayRef?
    }

    private static func lines(_ rows: PGResult) -> [Int64: Line] {
        var lines: [Int64: Line] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.int8(row, 0),
                let state = rows.text(row, 1).flatMap(JobState.init(rawValue:))
            else { continue }
            lines[id] = Line(
                state: state,
                attempt: rows.int(row, 2) ?? 0,
                snoozed: rows.int(row, 3) ?? 0,
                ref: rows.text(row, 4).flatMap { RelayRef(base64URL: $0) }
            )
        }
        return lines
    }
}

extension FinishJobs.Row {
    init(_ finish: JobFinish, resultLimit: Int) {
        self.finish = finish
        change = ""
        result = .none
        switch finish.change {
        case .complete(let value):
            complete(value, limit: resultLimit)
        case .retry(let exception, let rest):
            fail(exception, change: "retryable")
            delay = rest.wholeMicroseconds
        case .snooze(let rest):
            change = "scheduled"
            delay = rest.wholeMicroseconds
        case .cancel(let reason):
            fail(JobException(kind: "Cancelled", message: reason), change: "cancelled")
        case .discard(let exception):
            fail(exception, change: "discarded")
        case .handBack(let reason):
            fail(JobException(kind: "ExecutorLost", message: reason), change: "hand_back")
        case .release:
            change = "release"
        }
    }

    private mutating func complete(_ value: RelayValue, limit: Int) {
        change = "completed"
        // A job without a relay may have been given one since, by a unique insert that found it; the row knows.
        do {
            let recorded = try RecordedResult(value, limit: limit)
            meta = recorded.meta
            result = recorded.result
        } catch {
            let exception = JobException(
                kind: "InvalidResult",
                message: "the result is no JSON that can be stored"
            )
            fail(exception, change: "discarded")
        }
    }

    private mutating func fail(_ exception: JobException, change: String) {
        let stored = ErrorEntry.stored(exception)
        self.change = change
        error = ErrorEntry.json(stored)
        lastError = stored
    }

    fileprivate func snapshot(_ line: FinishJobs.Line) -> JobSnapshot {
        JobSnapshot(
            id: finish.job.id,
            ref: finish.job.ref ?? line.ref,
            queue: finish.job.queue,
            state: line.state,
            attempt: line.attempt,
            snoozed: line.snoozed,
            result: result,
            lastError: line.state == .scheduled ? nil : lastError
        )
    }

    /// Whether the attempt doesn't count.
    fileprivate var givesAttemptBack: Bool { change == "scheduled" || change == "release" }

    /// Whether the row would be in this state had the outcome been written.
    func wants(_ state: JobState) -> Bool {
        switch change {
        case "hand_back": state == .available || state == .discarded
        case "release": state == .available
        default: state.rawValue == change
        }
    }
}
