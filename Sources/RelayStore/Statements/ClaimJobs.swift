import RelayCore
import RelayPostgres

/// Takes due jobs in Oban's order, and cancels those that are past their caller's deadline.
///
/// Ordered by the index's own columns: by the bare key the planner may walk the whole table (research/reliability.md,
/// finding 10). Skips what others have locked.
struct ClaimJobs {
    let request: ClaimRequest

    static func sql(_ s: SchemaName) -> String {
        """
        WITH locked AS MATERIALIZED (
            SELECT j.id, j.priority, j.scheduled_at, pg_column_size(j.args) AS size,
                coalesce(CASE WHEN jsonb_typeof(j.meta->'relay_expires_at') = 'number'
                    THEN (j.meta->>'relay_expires_at')::numeric < extract(epoch FROM now()) * 1000000 END, false) AS expired
            FROM "\(s)".oban_jobs j
            WHERE j.state = 'available' AND j.queue = $1::text AND j.attempt < j.max_attempts
            ORDER BY j.priority, j.scheduled_at, j.id LIMIT $2::int FOR UPDATE SKIP LOCKED
        ), picked AS MATERIALIZED (
            SELECT id, expired
            FROM (SELECT l.*, sum(size) OVER (ORDER BY priority, scheduled_at, id) - size AS before FROM locked l) b
            WHERE b.before < $3::bigint
        ), claimed AS (
            UPDATE "\(s)".oban_jobs j SET
                state = (CASE WHEN x.expired THEN 'cancelled' ELSE 'executing' END)::"\(s)".oban_job_state,
                attempt = CASE WHEN x.expired THEN j.attempt ELSE j.attempt + 1 END,
                attempted_at = CASE WHEN x.expired THEN j.attempted_at ELSE timezone('UTC', now()) END,
                attempted_by = CASE WHEN x.expired THEN j.attempted_by ELSE ARRAY[$4::text, $5::text, '\(Session.mark)'] END,
                cancelled_at = CASE WHEN x.expired THEN timezone('UTC', now()) ELSE j.cancelled_at END,
                errors = CASE WHEN x.expired THEN j.errors || (\(ErrorEntry.head) || '\(expiredEntry)') ELSE j.errors END
            FROM picked x
            WHERE j.id = x.id AND j.id = ANY (ARRAY(SELECT p.id FROM picked p))
            RETURNING j.*
        )
        SELECT j.id, j.state = 'cancelled', j.queue, j.attempt, j.max_attempts, j.worker, j.args::text, j.meta::text,
            CASE WHEN cardinality(j.tags) > 0 THEN array_to_json(j.tags)::text END, j.priority,
            (extract(epoch FROM j.inserted_at) * 1000000)::bigint, (extract(epoch FROM j.scheduled_at) * 1000000)::bigint,
            (extract(epoch FROM j.attempted_at) * 1000000)::bigint,
            CASE WHEN jsonb_typeof(j.meta->'snoozed') = 'number' THEN j.meta->>'snoozed' END,
            CASE WHEN jsonb_typeof(j.meta->'relay_expires_at') = 'number'
                THEN ((j.meta->>'relay_expires_at')::numeric - extract(epoch FROM now()) * 1000000)::text END,
            CASE WHEN jsonb_typeof(j.meta->'relay_traceparent') = 'string' THEN j.meta->>'relay_traceparent' END,
            CASE WHEN jsonb_typeof(j.meta->'relay') = 'string' THEN j.meta->>'relay' END
        FROM claimed j ORDER BY j.priority, j.scheduled_at, j.id
        """
    }

    /// What an expired job's entry in `errors` says.
    static let expiredEntry =
        #"{"error":"expired","kind":"Expired","message":"expired","stacktrace":""}"#
    /// The same as it is read.
    static let expired = JobException(kind: "Expired", message: "expired")

    func statement(_ s: SchemaName, _ session: Session) -> PGStatement {
        PGStatement(
            Self.sql(s),
            [
                .text(request.queue), .int4(Int32(clamping: request.limit)),
                .int8(Int64(request.argsBytes)),
                .text(session.node), .text(session.id),
            ]
        )
    }

    static func read(_ rows: PGResult) -> ClaimedBatch {
        var batch = ClaimedBatch(jobs: [])
        for row in 0..<rows.rowCount {
            guard let id = rows.int8(row, 0) else { continue }
            let ref = rows.text(row, 16).flatMap { RelayRef(base64URL: $0) }
            let attempt = rows.int(row, 3) ?? 1
            let queue = rows.text(row, 2) ?? ""
            let snoozed = rows.int(row, 13) ?? 0
            if rows.bool(row, 1) == true {
                batch.expired.append(
                    JobSnapshot(
                        id: id,
                        ref: ref,
                        queue: queue,
                        state: .cancelled,
                        attempt: attempt,
                        snoozed: snoozed,
                        lastError: expired
                    )
                )
                continue
            }
            let remaining = rows.text(row, 14).flatMap { Double($0) }
            batch.jobs.append(
                ClaimedJob(
                    id: id,
                    attempt: attempt,
                    maxAttempts: rows.int(row, 4) ?? 1,
                    worker: rows.text(row, 5) ?? "",
                    queue: queue,
                    args: rows.text(row, 6) ?? "{}",
                    meta: rows.text(row, 7) ?? "{}",
                    tags: rows.text(row, 8).flatMap { try? JSONStrings.decode($0) } ?? [],
                    priority: rows.int(row, 9) ?? 0,
                    insertedAt: rows.int8(row, 10) ?? 0,
                    scheduledAt: rows.int8(row, 11) ?? 0,
                    attemptedAt: rows.int8(row, 12) ?? 0,
                    snoozed: snoozed,
                    remaining: remaining.map { .microseconds(Int64(max(-1e15, min($0, 1e15)))) },
                    traceparent: rows.text(row, 15),
                    ref: ref
                )
            )
        }
        return batch
    }
}
