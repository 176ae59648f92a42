import RelayCore
import RelayPostgres

/// Inserts jobs that have neither key nor uniqueness: one statement for all of a batch.
struct InsertJobs {
    let jobs: [JobInsert]

    static func sql(_ s: SchemaName) -> String {
        """
        INSERT INTO "\(s)".oban_jobs (\(JobColumns.targets))
        SELECT \(JobColumns.values(s)) FROM \(JobColumns.from) \(JobColumns.due) ORDER BY i.ord
        RETURNING id, state::text, meta->>'relay'
        """
    }

    func statement(_ s: SchemaName) -> PGStatement {
        PGStatement(Self.sql(s), JobColumns(jobs).parameters)
    }

    /// Where each job came to stand, in order; nil if one is missing.
    func read(_ rows: PGResult) -> [InsertedJob]? {
        var found: [String: (Int64, JobState)] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.int8(row, 0),
                let state = rows.text(row, 1).flatMap(JobState.init(rawValue:)),
                let ref = rows.text(row, 2)
            else { return nil }
            found[ref] = (id, state)
        }
        var inserted: [InsertedJob] = []
        for insert in jobs {
            guard let (id, state) = found[insert.ref.base64URL] else { return nil }
            inserted.append(
                InsertedJob(id: id, ref: insert.ref, state: state, queue: insert.job.queue)
            )
        }
        return inserted
    }
}
