import RelayCore
import RelayPostgres

/// Inserts jobs with idempotency keys, no key twice: one statement for all of a batch.
///
/// The keys come first, so that of two transactions with the same key the second waits for the first and then finds
/// it. A key that belongs to a job with another worker or other args sets its fingerprint to null, which the table
/// refuses: so the whole transaction is undone, as an all-or-nothing insert must be.
///
/// The parts are not joined: with a generic plan Postgres would expect a handful of rows and compare all with all. The
/// `IS TRUE` keeps it from turning the sub-select into such a join.
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
            SELECT i.id, \(JobColumns.values(s)) FROM i \(JobColumns.due)
            WHERE (i.id IN (SELECT k.job_id FROM keys k)) IS TRUE
            RETURNING id, state::text
        )
        SELECT k.key, k.job_id, k.ref, NULL FROM keys k
        UNION ALL SELECT NULL, j.id, NULL, j.state FROM jobs j
        """
    }

    func statement(_ s: SchemaName) -> PGStatement {
        PGStatement(Self.sql(s), JobColumns(jobs).parameters)
    }

    /// Where each job came to stand, in order; nil if one is missing.
    func read(_ rows: PGResult) -> [InsertedJob]? {
        var owners: [String: (id: Int64, ref: RelayRef)] = [:]
        var states: [Int64: JobState] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.int8(row, 1) else { return nil }
            if let key = rows.text(row, 0) {
                guard let ref = rows.text(row, 2).flatMap({ RelayRef(base64URL: $0) }) else {
                    return nil
                }
                owners[key] = (id, ref)
            } else {
                states[id] = rows.text(row, 3).flatMap(JobState.init(rawValue:))
            }
        }
        var inserted: [InsertedJob] = []
        for insert in jobs {
            guard let key = insert.job.idempotencyKey, let owner = owners[key] else { return nil }
            inserted.append(
                InsertedJob(
                    id: owner.id,
                    ref: owner.ref,
                    state: states[owner.id] ?? .available,
                    queue: insert.job.queue,
                    duplicate: states[owner.id] == nil
                )
            )
        }
        return inserted
    }
}
