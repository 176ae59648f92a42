import RelayCore
import RelayPostgres

/// Inserts jobs that have neither key nor uniqueness: one statement for all of a batch.
struct InsertJobs {
    let jobs: [JobInsert]
    /// The session that the jobs run in at once; nil where they wait.
    let session: Session?

    static func sql(_ s: SchemaName, dispatch: Bool) -> String {
        """
        INSERT INTO "\(s)".oban_jobs (\(JobColumns.targets(dispatch: dispatch)))
        SELECT \(JobColumns.values(s, dispatch: dispatch)) FROM \(JobColumns.from) \(JobColumns.due) ORDER BY i.ord
        RETURNING id, state::text, meta->>'relay', (extract(epoch FROM attempted_at) * 1000000)::bigint
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
        var found: [String: (Int64, JobState, Int64?)] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.int8(row, 0),
                let state = rows.text(row, 1).flatMap(JobState.init(rawValue:)),
                let ref = rows.text(row, 2)
            else { return nil }
            found[ref] = (id, state, rows.int8(row, 3))
        }
        var inserted: [InsertedJob] = []
        for insert in jobs {
            guard let (id, state, claimedAt) = found[insert.ref.base64URL] else { return nil }
            if let claimedAt {
                let claimed = insert.claimed(id: id, at: claimedAt)
                inserted.append(InsertedJob(claimed: claimed, ref: insert.ref))
            } else {
                inserted.append(
                    InsertedJob(id: id, ref: insert.ref, state: state, queue: insert.job.queue)
                )
            }
        }
        return inserted
    }
}
