package import RelayCore

extension JobTable {
    /// Inserts the jobs of one request, all or none; those to be dispatched run in the session.
    package mutating func insert(
        _ request: InsertRequest,
        session: String
    ) -> Result<[InsertedJob], StoreError> {
        // One job fails without a trace; a copy of a table is dear.
        let before = request.jobs.count > 1 ? self : nil
        var inserted: [InsertedJob] = []
        for insert in request.jobs {
            switch insertOne(insert, session: session) {
            case .success(let job):
                inserted.append(job)
            case .failure(let error):
                if let before { self = before }
                return .failure(error)
            }
        }
        return .success(inserted)
    }

    private mutating func insertOne(
        _ insert: JobInsert,
        session: String
    ) -> Result<InsertedJob, StoreError> {
        let job = insert.job
        if job.args.contains("\\u0000") { return .failure(.rejected("U+0000 in args")) }
        if let key = job.idempotencyKey {
            guard hasKeys else { return .failure(.keysNotInstalled) }
            if let entry = keys[key] {
                guard entry.worker == job.worker, entry.args == job.args else {
                    return .failure(.keyConflict(key: key))
                }
                return .success(
                    InsertedJob(
                        id: entry.job,
                        ref: entry.ref,
                        state: .available,
                        queue: entry.queue,
                        duplicate: true
                    )
                )
            }
        }
        if let unique = job.unique, let existing = existing(like: job, unique) {
            let ref = existing.ref ?? insert.ref
            change(existing.id) { $0.ref = ref }
            return .success(
                InsertedJob(
                    id: existing.id,
                    ref: ref,
                    state: existing.state,
                    queue: existing.job.queue,
                    duplicate: true
                )
            )
        }
        let row = addRow(job, ref: insert.ref)
        if let key = job.idempotencyKey {
            keys[key] = KeyEntry(
                job: row.id,
                ref: insert.ref,
                worker: job.worker,
                args: job.args,
                queue: job.queue,
                insertedAt: clock
            )
        }
        if insert.dispatch, row.state == .available, let claimed = start(row.id, in: session) {
            return .success(InsertedJob(claimed: claimed, ref: insert.ref))
        }
        return .success(
            InsertedJob(id: row.id, ref: insert.ref, state: row.state, queue: job.queue)
        )
    }

    /// Compares texts whole, which is enough for tests: the keys of a rule are left to the real table.
    private func existing(like job: NewJob, _ unique: Unique) -> TableRow? {
        rows.values.filter { row in
            unique.states.contains(row.state)
                && (!unique.fields.contains(.worker) || row.job.worker == job.worker)
                && (!unique.fields.contains(.queue) || row.job.queue == job.queue)
                && (!unique.fields.contains(.args) || row.job.args == job.args)
                && (!unique.fields.contains(.meta) || row.job.meta == job.meta)
                && (unique.period.map { row.insertedAt >= clock - $0.wholeMicroseconds } ?? true)
        }.min { $0.id < $1.id }
    }
}
