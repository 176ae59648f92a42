import RelayCore
import RelayPostgres

/// Deletes what has ended and is past its retention, in small steps that block nobody: our own jobs, or all jobs of a
/// schema of our own; and old keys and outcomes.
struct PruneJobs {
    static func jobs(_ s: SchemaName, ours: Bool) -> String {
        let mine = ours ? "" : "AND (j.meta ? 'relay' OR j.attempted_by[3] = '\(Session.mark)')"
        return """
            WITH old AS MATERIALIZED (
                SELECT j.id FROM "\(s)".oban_jobs j
                WHERE j.state IN ('completed', 'cancelled', 'discarded') \(mine)
                    AND CASE j.state WHEN 'completed' THEN j.completed_at WHEN 'cancelled' THEN j.cancelled_at
                        ELSE j.discarded_at END < timezone('UTC', now()) - $1::bigint * interval '1 microsecond'
                ORDER BY j.id LIMIT $2::int FOR UPDATE SKIP LOCKED
            )
            DELETE FROM "\(s)".oban_jobs j USING old WHERE j.id = old.id
            """
    }

    static func keys(_ s: SchemaName) -> String {
        """
        DELETE FROM "\(s)".relay_keys k USING (SELECT key FROM "\(s)".relay_keys
            WHERE inserted_at < timezone('UTC', now()) - $1::bigint * interval '1 microsecond' LIMIT $2::int) old
        WHERE k.key = old.key
        """
    }

    static func outcomes(_ s: SchemaName) -> String {
        """
        DELETE FROM "\(s)".relay_outcomes o USING (SELECT job_id FROM "\(s)".relay_outcomes
            WHERE at < timezone('UTC', now()) - $1::bigint * interval '1 microsecond' LIMIT $2::int) old
        WHERE o.job_id = old.job_id
        """
    }
}
