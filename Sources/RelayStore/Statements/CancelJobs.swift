import RelayCore
import RelayPostgres

/// Cancels jobs by id and ref, executing ones too: an executor that finishes afterwards is fenced off, here and in Oban
/// for Python; Oban for Elixir is told to stop by the signal that follows.
struct CancelJobs {
    /// What waiters are told.
    static let reason = "cancelled by a caller"

    static func sql(_ s: SchemaName) -> String {
        """
        WITH i AS MATERIALIZED (SELECT DISTINCT * FROM unnest($1::bigint[], $2::text[]) AS i(id, ref)),
        old AS MATERIALIZED (
            SELECT j.id, j.state = 'executing' AS executing FROM "\(s)".oban_jobs j JOIN i ON i.id = j.id AND j.meta->>'relay' = i.ref
            WHERE j.state NOT IN ('completed', 'discarded', 'cancelled') ORDER BY j.id FOR UPDATE OF j
        ), done AS (
            UPDATE "\(s)".oban_jobs j SET state = 'cancelled', cancelled_at = timezone('UTC', now()),
                meta = coalesce(j.meta, '{}') || '{"relay_reason":"\(reason)"}'
            FROM old WHERE j.id = old.id RETURNING j.*, old.executing
        )
        SELECT true, j.executing, \(SnapshotColumns.ofJob) FROM done j \(SnapshotColumns.lastError)
        """
    }

    /// The rows as they are after that: a statement of its own, which also sees what was committed while the first
    /// waited for a lock.
    static func rest(_ s: SchemaName) -> String {
        """
        SELECT false, false, \(SnapshotColumns.ofJob)
        FROM unnest($1::bigint[], $2::text[]) AS i(id, ref)
        JOIN "\(s)".oban_jobs j ON i.id = j.id AND j.meta->>'relay' = i.ref \(SnapshotColumns.lastError)
        """
    }

    static func statements(_ s: SchemaName, _ targets: [CancelTarget]) -> [PGStatement] {
        let parameters: [PGValue] = [
            .int8Array(targets.map(\.id)), .textArray(targets.map(\.ref.base64URL)),
        ]
        return [PGStatement(sql(s), parameters), PGStatement(rest(s), parameters)]
    }

    static func read(_ results: [PGResult], _ targets: [CancelTarget]) -> [CancelReport] {
        var found: [CancelTarget: (CancelReport.Result, JobSnapshot)] = [:]
        // What was cancelled now comes last, and so counts.
        for rows in results.reversed() {
            read(rows, into: &found)
        }
        var isFirst: Set<CancelTarget> = []
        return targets.map { target in
            guard let (result, snapshot) = found[target] else {
                return CancelReport(target: target, result: .unknown, snapshot: nil)
            }
            // Asked twice in one batch, only the first cancelled it.
            let mine = isFirst.insert(target).inserted ? result : .finished
            return CancelReport(target: target, result: mine, snapshot: snapshot)
        }
    }

    private static func read(
        _ rows: PGResult,
        into found: inout [CancelTarget: (CancelReport.Result, JobSnapshot)]
    ) {
        for row in 0..<rows.rowCount {
            guard let snapshot = SnapshotColumns.snapshot(rows, row, from: 2),
                let ref = snapshot.ref
            else { continue }
            let result: CancelReport.Result =
                rows.bool(row, 0) == true
                ? .cancelled(wasExecuting: rows.bool(row, 1) == true) : .finished
            found[CancelTarget(id: snapshot.id, ref: ref)] = (result, snapshot)
        }
    }
}
