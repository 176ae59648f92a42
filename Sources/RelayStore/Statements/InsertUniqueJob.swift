import RelayCore
import RelayPostgres

/// Inserts a job unless there is one that is the same by Oban's rules; an existing job without a relay is given one.
///
/// A lock that all who insert for the same worker and queue take comes first, as a statement of its own, so that this
/// one sees what they committed. Oban's own lock has a number that only its virtual machine can compute, so against
/// its nodes uniqueness is best effort (research/oban.md §4).
///
/// With an idempotency key the key decides first, and afterwards stands for whichever job was found or inserted.
struct InsertUniqueJob {
    let insert: JobInsert
    let unique: Unique

    static func sql(_ s: SchemaName, keyed: Bool) -> String {
        let known =
            keyed
            ? """
            , known AS (
                SELECT k.job_id AS id, k.ref FROM "\(s)".relay_keys k WHERE k.key = ($12::text[])[1]
            )
            """ : ", known AS (SELECT NULL::bigint AS id, NULL::text AS ref WHERE false)"
        let keys =
            keyed
            ? """
            , keys AS (
                INSERT INTO "\(s)".relay_keys AS k (key, job_id, ref, fingerprint)
                SELECT ($12::text[])[1], o.id, o.ref,
                    sha256(convert_to(($3::text[])[1] || E'\\n' || (($4::text[])[1]::jsonb)::text, 'UTF8'))
                FROM one o
                ON CONFLICT (key) DO UPDATE
                    SET fingerprint = CASE WHEN k.fingerprint = excluded.fingerprint THEN k.fingerprint END
            )
            """ : ""
        return """
            WITH given AS (
                SELECT cardinality($18::text[]) = 0 AS whole,
                    (SELECT coalesce(jsonb_object_agg(k, a.args->k), '{}') FROM unnest($18::text[]) k WHERE a.args ? k) AS args,
                    a.args AS all_args, a.meta AS all_meta
                FROM (SELECT ($4::text[])[1]::jsonb AS args, $20::text::jsonb AS meta) a
            )\(known), found AS (
                SELECT j.id, j.state::text AS state, j.queue, j.meta->>'relay' AS ref
                FROM "\(s)".oban_jobs j, given g
                WHERE NOT EXISTS (SELECT 1 FROM known) AND j.state = ANY (ARRAY(SELECT x::"\(s)".oban_job_state FROM unnest($13::text[]) x
                        WHERE x = ANY (enum_range(NULL::"\(s)".oban_job_state)::text[])))
                    AND (NOT $14::bool OR j.worker = ($3::text[])[1])
                    AND (NOT $15::bool OR j.queue = ($2::text[])[1])
                    AND (NOT $16::bool OR CASE WHEN g.whole THEN j.args = g.all_args ELSE j.args @> g.args END)
                    AND (NOT $17::bool OR CASE WHEN g.whole THEN coalesce(j.meta, '{}') @> g.all_meta ELSE
                        coalesce(j.meta, '{}') @> (SELECT coalesce(jsonb_object_agg(k, g.all_meta->k), '{}')
                            FROM unnest($18::text[]) k WHERE g.all_meta ? k) END)
                    AND ($19::bigint IS NULL OR j.inserted_at >= timezone('UTC', now()) - $19::bigint * interval '1 microsecond')
                ORDER BY j.id LIMIT 1
            ), marked AS (
                UPDATE "\(s)".oban_jobs j SET meta = coalesce(j.meta, '{}') || jsonb_build_object('relay', ($1::text[])[1])
                FROM found f WHERE j.id = f.id AND f.ref IS NULL
            ), inserted AS (
                INSERT INTO "\(s)".oban_jobs (\(JobColumns.targets()))
                SELECT \(JobColumns.values(s)) FROM \(JobColumns.from) \(JobColumns.due)
                WHERE NOT EXISTS (SELECT 1 FROM found) AND NOT EXISTS (SELECT 1 FROM known)
                RETURNING id, state::text AS state, queue
            ), one AS (
                SELECT id, 'available' AS state, ($2::text[])[1] AS queue, ref, true AS duplicate FROM known
                UNION ALL SELECT id, state, queue, coalesce(ref, ($1::text[])[1]), true FROM found
                UNION ALL SELECT id, state, queue, ($1::text[])[1], false FROM inserted
            )\(keys)
            SELECT id, state, queue, ref, duplicate FROM one
            """
    }

    /// The statement that waits for others who insert the same.
    var lock: PGStatement {
        let scope = [
            unique.fields.contains(.worker) ? insert.job.worker : "",
            unique.fields.contains(.queue) ? insert.job.queue : "",
        ]
        return PGStatement(
            "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 4))",
            [.text("relay.unique\n" + scope.joined(separator: "\n"))]
        )
    }

    func statement(_ s: SchemaName) -> PGStatement {
        let parameters: [PGValue] =
            JobColumns([insert]).parameters() + [
                .textArray(unique.states.map(\.rawValue)), .bool(unique.fields.contains(.worker)),
                .bool(unique.fields.contains(.queue)), .bool(unique.fields.contains(.args)),
                .bool(unique.fields.contains(.meta)), .textArray(unique.keys.map { $0 }),
                unique.period.map { .int8($0.wholeMicroseconds) } ?? .null,
                .text(insert.job.meta.isEmpty ? "{}" : insert.job.meta),
            ]
        return PGStatement(Self.sql(s, keyed: insert.job.idempotencyKey != nil), parameters)
    }

    /// Where the job came to stand; nil if the answer is not of the known form.
    func read(_ rows: PGResult) -> InsertedJob? {
        guard rows.rowCount == 1, let id = rows.int8(0, 0),
            let state = rows.text(0, 1).flatMap(JobState.init(rawValue:)),
            let ref = rows.text(0, 3).flatMap({ RelayRef(base64URL: $0) }),
            let duplicate = rows.bool(0, 4)
        else { return nil }
        return InsertedJob(
            id: id,
            ref: ref,
            state: state,
            queue: rows.text(0, 2) ?? insert.job.queue,
            duplicate: duplicate
        )
    }
}
