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
    /// The session that new jobs run in at once; nil where they wait.
    let session: Session?

    static func sql(_ s: SchemaName, dispatch: Bool) -> String {
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
            INSERT INTO "\(s)".oban_jobs (id, \(JobColumns.targets(dispatch: dispatch))) OVERRIDING SYSTEM VALUE
            SELECT i.id, \(JobColumns.values(s, dispatch: dispatch)) FROM i \(JobColumns.due)
            WHERE (i.id IN (SELECT k.job_id FROM keys k)) IS TRUE
            RETURNING id, state::text, (extract(epoch FROM attempted_at) * 1000000)::bigint AS claimed_at
        )
        SELECT k.key, k.job_id, k.ref, NULL, NULL FROM keys k
        UNION ALL SELECT NULL, j.id, NULL, j.state, j.claimed_at FROM jobs j
        """
    }

    func statement(_ s: SchemaName) -> PGStatement {
        PGStatement(
            Self.sql(s, dispatch: session != nil),
            JobColumns(jobs).parameters(session: session)
        )
    }

    /// Where each job came to stand, in order; nil if one is missing.
    func read(_ rows: PGResult) -> [InsertedJob]? {
        var owners: [String: (id: Int64, ref: RelayRef)] = [:]
        var states: [Int64: (state: JobState, claimedAt: Int64?)] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.int8(row, 1) else { return nil }
            if let key = rows.text(row, 0) {
                guard let ref = rows.text(row, 2).flatMap({ RelayRef(base64URL: $0) }) else {
                    return nil
                }
                owners[key] = (id, ref)
            } else {
                guard let state = rows.text(row, 3).flatMap(JobState.init(rawValue:)) else {
                    return nil
                }
                states[id] = (state, rows.int8(row, 4))
            }
        }
        var inserted: [InsertedJob] = []
        for insert in jobs {
            guard let key = insert.job.idempotencyKey, let owner = owners[key] else { return nil }
            let fresh = states[owner.id]
            if let claimedAt = fresh?.claimedAt {
                let claimed = insert.claimed(id: owner.id, at: claimedAt)
                inserted.append(InsertedJob(claimed: claimed, ref: owner.ref))
                continue
            }
            inserted.append(
                InsertedJob(
                    id: owner.id,
                    ref: owner.ref,
                    state: fresh?.state ?? .available,
                    queue: insert.job.queue,
                    duplicate: fresh == nil
                )
            )
        }
        return inserted
    }
}
