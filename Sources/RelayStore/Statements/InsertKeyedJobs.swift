import RelayCore
import RelayPostgres

/// Inserts jobs with idempotency keys, no key twice: one statement for all of a batch.
///
/// The keys come first, so that of two transactions with the same key the second waits for the first and then finds
/// it. A key that belongs to a job with another worker or other args sets its fingerprint to null, which the table
/// refuses: so the whole transaction is undone, as an all-or-nothing insert must be.
struct InsertKeyedJobs {
    let jobs: [JobInsert]

    static func sql(_ s: SchemaName) -> String {
        """
        WITH i AS MATERIALIZED (
            SELECT i.*, nextval(pg_get_serial_sequence('"\(s)".oban_jobs', 'id')) AS id,
                sha256(convert_to(i.worker || E'\\n' || (i.args::jsonb)::text, 'UTF8')) AS fingerprint
            FROM \(JobColumns.from)
        ), keys AS (
            INSERT INTO "\(s)".relay_keys AS k (key, job_id, ref, fingerprint)
            SELECT i.key, i.id, i.ref, i.fingerprint FROM i ORDER BY i.key
            ON CONFLICT (key) DO UPDATE
                SET fingerprint = CASE WHEN k.fingerprint = excluded.fingerprint THEN k.fingerprint END
            RETURNING k.key, k.job_id, k.ref
        ), jobs AS (
            INSERT INTO "\(s)".oban_jobs (id, \(JobColumns.targets)) OVERRIDING SYSTEM VALUE
            SELECT i.id, \(JobColumns.values(s)) FROM i JOIN keys k ON k.job_id = i.id \(JobColumns.due)
            RETURNING id, state::text
        )
        SELECT i.ord, k.job_id, k.ref, j.state, k.job_id <> i.id
        FROM i JOIN keys k ON k.key = i.key LEFT JOIN jobs j ON j.id = i.id
        """
    }

    func statement(_ s: SchemaName) -> PGStatement {
        PGStatement(Self.sql(s), JobColumns(jobs).parameters)
    }

    /// Where each job came to stand, in order; nil if one is missing.
    func read(_ rows: PGResult) -> [InsertedJob]? {
        var inserted: [InsertedJob?] = Array(repeating: nil, count: jobs.count)
        for row in 0..<rows.rowCount {
            guard let order = rows.int(row, 0), inserted.indices.contains(order - 1),
                let id = rows.int8(row, 1),
                let ref = rows.text(row, 2).flatMap({ RelayRef(base64URL: $0) }),
                let duplicate = rows.bool(row, 4)
            else { return nil }
            let state = rows.text(row, 3).flatMap(JobState.init(rawValue:)) ?? .available
            let queue = jobs[order - 1].job.queue
            inserted[order - 1] = InsertedJob(
                id: id,
                ref: ref,
                state: state,
                queue: queue,
                duplicate: duplicate
            )
        }
        let complete = inserted.compactMap { $0 }
        return complete.count == jobs.count ? complete : nil
    }
}
