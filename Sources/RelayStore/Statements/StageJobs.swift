import RelayCore
import RelayPostgres

/// Makes scheduled and retryable jobs available that are due; safe beside other stagers, ours and Oban's.
struct StageJobs {
    static func sql(_ s: SchemaName) -> String {
        """
        WITH due AS MATERIALIZED (
            SELECT j.id, coalesce(CASE WHEN jsonb_typeof(j.meta->'relay_expires_at') = 'number'
                THEN (j.meta->>'relay_expires_at')::numeric < extract(epoch FROM now()) * 1000000 END, false)
                AND j.attempt = 0 AS expired
            FROM "\(s)".oban_jobs j
            WHERE j.state IN ('scheduled', 'retryable') AND j.scheduled_at <= timezone('UTC', now())
            ORDER BY j.scheduled_at, j.id LIMIT $1::int FOR UPDATE SKIP LOCKED
        ), staged AS (
            UPDATE "\(s)".oban_jobs j SET
                state = (CASE WHEN due.expired THEN 'cancelled' ELSE 'available' END)::"\(s)".oban_job_state,
                cancelled_at = CASE WHEN due.expired THEN timezone('UTC', now()) ELSE j.cancelled_at END,
                errors = CASE WHEN due.expired
                    THEN j.errors || (\(ErrorEntry.head) || '\(ClaimJobs.expiredEntry)') ELSE j.errors END
            FROM due WHERE j.id = due.id RETURNING j.*
        )
        SELECT 'queue', count(*), j.queue, \(nulls) FROM staged j WHERE j.state = 'available' GROUP BY j.queue
        UNION ALL
        SELECT 'expired', 1, NULL, \(SnapshotColumns.ofJob) FROM staged j \(SnapshotColumns.lastError)
        WHERE j.state = 'cancelled'
        """
    }

    private static let nulls =
        "NULL::bigint, NULL::text, NULL::text, NULL::int"
        + String(repeating: ", NULL::text", count: SnapshotColumns.count - 4)

    static func read(_ rows: PGResult) -> StagedBatch {
        var batch = StagedBatch(queues: [], count: 0)
        for row in 0..<rows.rowCount {
            batch.count += rows.int(row, 1) ?? 0
            if let queue = rows.text(row, 2) {
                batch.queues.insert(queue)
            } else if let snapshot = SnapshotColumns.snapshot(rows, row, from: 3) {
                batch.expired.append(snapshot)
            }
        }
        return batch
    }
}
