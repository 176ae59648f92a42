import RelayCore
import RelayPostgres

/// Gives back the jobs of dead sessions of ours, and attempts of this session that nobody runs; nobody else's orphans
/// are touched.
///
/// The attempt counts; the last one is discarded.
struct RescueJobs {
    static func sql(_ s: SchemaName) -> String {
        """
        WITH lost AS MATERIALIZED (
            SELECT j.id FROM "\(s)".oban_jobs j
            WHERE j.state = 'executing' AND j.attempted_by[3] = '\(Session.mark)'
                AND (j.attempted_by[2] = ANY ($1::text[])
                    OR (j.attempted_by[2] = $2::text AND EXISTS (SELECT 1 FROM unnest($3::bigint[], $4::int[]) AS i(id, attempt)
                        WHERE i.id = j.id AND i.attempt = j.attempt)))
            ORDER BY j.id FOR UPDATE SKIP LOCKED
        ), back AS (
            UPDATE "\(s)".oban_jobs j SET
                state = (CASE WHEN j.attempt >= j.max_attempts THEN 'discarded' ELSE 'available' END)::"\(s)".oban_job_state,
                discarded_at = CASE WHEN j.attempt >= j.max_attempts THEN timezone('UTC', now()) ELSE j.discarded_at END,
                errors = j.errors || (\(ErrorEntry.head) || $5::text::jsonb)
            FROM lost WHERE j.id = lost.id RETURNING j.*
        )
        SELECT \(SnapshotColumns.ofJob) FROM back j \(SnapshotColumns.lastError)
        """
    }

    static func statement(
        _ s: SchemaName,
        _ session: Session,
        _ request: RescueRequest
    ) -> PGStatement {
        let entry = ErrorEntry.json(JobException(kind: "ExecutorLost", message: request.reason))
        return PGStatement(
            sql(s),
            [
                .textArray(request.sessions), .text(session.id),
                .int8Array(request.strays.map(\.jobID)),
                .int4Array(request.strays.map { Int32($0.attempt) }), .text(entry),
            ]
        )
    }

    static func read(_ rows: PGResult) -> [RescuedJob] {
        (0..<rows.rowCount).compactMap { SnapshotColumns.snapshot(rows, $0).map(RescuedJob.init) }
    }
}
