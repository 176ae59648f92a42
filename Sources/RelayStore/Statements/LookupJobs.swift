import RelayCore
import RelayPostgres

/// Reads rows by id; those that were pruned are found among the outcomes, where that table is there.
struct LookupJobs {
    static func sql(_ s: SchemaName, withOutcomes: Bool) -> String {
        let rows = """
            SELECT \(SnapshotColumns.ofJob) FROM "\(s)".oban_jobs j \(SnapshotColumns.lastError)
            WHERE j.id = ANY ($1::bigint[])
            """
        guard withOutcomes else { return rows }
        return rows + """
             UNION ALL SELECT \(SnapshotColumns.ofOutcome) FROM "\(s)".relay_outcomes o
            WHERE o.job_id = ANY ($1::bigint[])
                AND NOT EXISTS (SELECT 1 FROM "\(s)".oban_jobs j WHERE j.id = o.job_id)
            """
    }

    static func read(_ rows: PGResult) -> [JobSnapshot] {
        (0..<rows.rowCount).compactMap { SnapshotColumns.snapshot(rows, $0) }
    }
}
