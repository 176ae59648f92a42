import RelayCore
import RelayPostgres

/// The columns from which a `JobSnapshot` is read, the same for every statement.
enum SnapshotColumns {
    /// How many columns there are.
    static let count = 15

    /// The columns of a jobs row called `j`.
    static let ofJob = """
        j.id, j.state::text, j.queue, j.attempt,
        CASE WHEN jsonb_typeof(j.meta->'relay') = 'string' THEN j.meta->>'relay' END,
        CASE WHEN jsonb_typeof(j.meta->'snoozed') = 'number' THEN j.meta->>'snoozed' END,
        CASE WHEN j.state = 'completed' THEN j.meta->>'return' END,
        CASE WHEN j.state = 'completed' THEN j.meta->>'return_type' END,
        CASE WHEN j.state = 'completed' THEN j.meta->>'relay_result_bytes' END,
        CASE WHEN j.state = 'cancelled' THEN j.meta->>'relay_reason' END,
        e->>'attempt', e->>'error', e->>'kind', e->>'message', e->>'stacktrace'
        """

    /// The last error of a jobs row called `j`, as `e`; completed rows need none.
    static let lastError =
        "LEFT JOIN LATERAL (SELECT to_jsonb(j.errors) -> -1 AS e WHERE j.state <> 'completed') l ON true"

    /// The columns of an outcome row called `o`.
    static let ofOutcome = """
        o.job_id, o.state, o.queue, o.attempt,
        CASE WHEN jsonb_typeof(o.meta->'relay') = 'string' THEN o.meta->>'relay' END,
        CASE WHEN jsonb_typeof(o.meta->'snoozed') = 'number' THEN o.meta->>'snoozed' END,
        CASE WHEN o.state = 'completed' THEN o.meta->>'return' END,
        CASE WHEN o.state = 'completed' THEN o.meta->>'return_type' END,
        CASE WHEN o.state = 'completed' THEN o.meta->>'relay_result_bytes' END,
        CASE WHEN o.state = 'cancelled' THEN o.meta->>'relay_reason' END,
        o.error->>'attempt', o.error->>'error', o.error->>'kind', o.error->>'message', o.error->>'stacktrace'
        """

    /// Reads a snapshot whose columns begin at `first`; nil if the row is not of a known form.
    static func snapshot(_ rows: PGResult, _ row: Int, from first: Int = 0) -> JobSnapshot? {
        guard let id = rows.int8(row, first),
            let state = rows.text(row, first + 1).flatMap(JobState.init(rawValue:))
        else { return nil }
        let attempt = rows.int(row, first + 3) ?? 0
        return JobSnapshot(
            id: id,
            ref: rows.text(row, first + 4).flatMap { RelayRef(base64URL: $0) },
            queue: rows.text(row, first + 2) ?? "",
            state: state,
            attempt: attempt,
            snoozed: rows.int(row, first + 5) ?? 0,
            result: result(rows, row, first),
            lastError: lastError(rows, row, first, state: state, attempt: attempt)
        )
    }

    private static func result(_ rows: PGResult, _ row: Int, _ first: Int) -> JobSnapshot.Result {
        if let size = rows.int(row, first + 8) { return .tooLarge(byteCount: size) }
        guard let base64 = rows.text(row, first + 6) else { return .none }
        return RecordedResult.read(base64, contentType: rows.text(row, first + 7))
    }

    private static func lastError(
        _ rows: PGResult,
        _ row: Int,
        _ first: Int,
        state: JobState,
        attempt: Int
    ) -> JobException? {
        if let reason = rows.text(row, first + 9) {
            return JobException(kind: "Cancelled", message: reason)
        }
        guard state != .completed, let text = rows.text(row, first + 11) else { return nil }
        // A cancelled job may have failed before; that is not why it was cancelled.
        if state == .cancelled, rows.int(row, first + 10) != attempt { return nil }
        if let kind = rows.text(row, first + 12) {
            return JobException(
                kind: kind,
                message: rows.text(row, first + 13) ?? "",
                stacktrace: rows.text(row, first + 14) ?? ""
            )
        }
        return ErrorEntry.read(text)
    }
}
