import RelayCore
import RelayPostgres

/// Reads rows by id; those that were pruned are found among the outcomes, where that table is there.
struct LookupJobs {
    static func sql(_ s: SchemaName, withOutcomes: Bool) -> String {
        let rows = """
            SELECT \(SnapshotColumns.ofJob), \(ExpireJobs.isLate)
            FROM "\(s)".oban_jobs j \(SnapshotColumns.lastError)
            WHERE j.id = ANY ($1::bigint[])
            """
        guard withOutcomes else { return rows }
        return rows + """
             UNION ALL SELECT \(SnapshotColumns.ofOutcome), false FROM "\(s)".relay_outcomes o
            WHERE o.job_id = ANY ($1::bigint[])
                AND NOT EXISTS (SELECT 1 FROM "\(s)".oban_jobs j WHERE j.id = o.job_id)
            """
    }

    static func read(_ rows: PGResult) -> [JobSnapshot] {
        (0..<rows.rowCount).compactMap { SnapshotColumns.snapshot(rows, $0) }
    }

    /// The jobs that should have begun by now, and will not.
    static func late(_ rows: PGResult) -> [Int64] {
        (0..<rows.rowCount).filter { rows.bool($0, SnapshotColumns.count) == true }
            .compactMap { rows.int8($0, 0) }
    }
}

/// Cancels jobs that are past their caller's deadline and that nobody claims, which would find out.
struct ExpireJobs {
    /// Whether a jobs row called `j` is one of them.
    static let isLate = """
        j.state IN ('available', 'scheduled') AND j.attempt = 0
            AND coalesce(CASE WHEN jsonb_typeof(j.meta->'relay_expires_at') = 'number'
                THEN (j.meta->>'relay_expires_at')::numeric < extract(epoch FROM now()) * 1000000 END, false)
        """

    static func statement(_ s: SchemaName, _ ids: [Int64]) -> PGStatement {
        let sql = """
            WITH late AS MATERIALIZED (
                SELECT j.id FROM "\(s)".oban_jobs j
                WHERE j.id = ANY ($1::bigint[]) AND \(isLate) FOR UPDATE SKIP LOCKED
            )
            UPDATE "\(s)".oban_jobs j SET state = 'cancelled', cancelled_at = timezone('UTC', now()),
                errors = j.errors || (\(ErrorEntry.head) || '\(ClaimJobs.expiredEntry)')
            FROM late WHERE j.id = late.id
            """
        return PGStatement(sql, [.int8Array(ids)])
    }
}
