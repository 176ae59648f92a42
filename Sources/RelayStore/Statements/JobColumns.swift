import RelayCore
import RelayPostgres

/// The jobs of an insert as parallel arrays, one element a job.
struct JobColumns {
    private var refs: [String?] = []
    private var queues: [String?] = []
    private var workers: [String?] = []
    private var args: [String?] = []
    private var priorities: [Int32?] = []
    private var maxAttempts: [Int32?] = []
    private var tags: [String?] = []
    private var metas: [String?] = []
    private var dueAt: [Int64?] = []
    private var dueIn: [Int64?] = []
    private var expiresIn: [Int64?] = []
    private var keys: [String?] = []

    init(_ jobs: some Sequence<JobInsert>) {
        for insert in jobs { append(insert) }
    }

    private mutating func append(_ insert: JobInsert) {
        let job = insert.job
        refs.append(insert.ref.base64URL)
        queues.append(job.queue)
        workers.append(job.worker)
        args.append(insert.storedArgs)
        priorities.append(Int32(job.priority))
        maxAttempts.append(Int32(job.maxAttempts))
        tags.append(Self.array(insert.storedTags))
        metas.append(insert.storedMeta)
        switch job.schedule {
        case .now:
            dueAt.append(nil)
            dueIn.append(nil)
        case .at(let moment):
            dueAt.append(moment)
            dueIn.append(nil)
        case .after(let delay):
            dueAt.append(nil)
            dueIn.append(delay.wholeMicroseconds)
        }
        expiresIn.append(job.expiresIn?.wholeMicroseconds)
        keys.append(job.idempotencyKey)
    }

    /// `$1` to `$12`, as `from` names them; with a session that dispatched jobs run in, `$13` and `$14` too.
    func parameters(session: Session? = nil) -> [PGValue] {
        let columns: [PGValue] = [
            .textArray(refs), .textArray(queues), .textArray(workers), .textArray(args),
            .int4Array(priorities),
            .int4Array(maxAttempts), .textArray(tags), .textArray(metas), .int8Array(dueAt),
            .int8Array(dueIn),
            .int8Array(expiresIn), .textArray(keys),
        ]
        guard let session else { return columns }
        return columns + [.text(session.node), .text(session.id)]
    }

    /// The arrays as rows called `i`, numbered by `ord`.
    static let from = """
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[],
            $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])
        WITH ORDINALITY AS i(ref, queue, worker, args, priority, max_attempts, tags, meta, due_at, due_in, expires_in,
            key, ord)
        """

    /// The columns that are written.
    static func targets(dispatch: Bool = false) -> String {
        "state, queue, worker, args, priority, max_attempts, tags, meta, scheduled_at"
            + (dispatch ? ", attempt, attempted_at, attempted_by" : "")
    }

    /// What is written to them, from rows called `i`.
    ///
    /// With `dispatch` the jobs are due and run in the session whose node and id are `$13` and `$14`.
    static func values(_ s: SchemaName, dispatch: Bool = false) -> String {
        let state =
            dispatch
            ? "'executing'"
            : "CASE WHEN due.at > timezone('UTC', now()) THEN 'scheduled' ELSE 'available' END"
        let attempt =
            dispatch
            ? ", 1, timezone('UTC', now()), ARRAY[$13::text, $14::text, '\(Session.mark)']" : ""
        return """
            (\(state))::"\(s)".oban_job_state, i.queue, i.worker, i.args::jsonb, i.priority, i.max_attempts, i.tags::text[],
            CASE WHEN i.expires_in IS NULL THEN i.meta::jsonb ELSE i.meta::jsonb || jsonb_build_object('relay_expires_at',
                (extract(epoch FROM now()) * 1000000)::bigint + i.expires_in) END,
            due.at\(attempt)
            """
    }

    /// When a row called `i` is due, as `due.at`.
    static let due = """
        CROSS JOIN LATERAL (SELECT CASE
            WHEN i.due_at IS NOT NULL THEN timestamp 'epoch' + i.due_at * interval '1 microsecond'
            WHEN i.due_in IS NOT NULL THEN timezone('UTC', now()) + i.due_in * interval '1 microsecond'
            ELSE timezone('UTC', now()) END AS at) due
        """

    /// Labels in the text form of an array.
    private static func array(_ tags: [String]) -> String {
        let parts = tags.map { tag in
            let escaped = tag.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
            return "\"" + String(escaped) + "\""
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}

extension JobInsert {
    /// The arguments as they are stored.
    fileprivate var storedArgs: String { job.args.isEmpty ? "{}" : job.args }

    /// The metadata as it is stored, but for the moment of expiry.
    fileprivate var storedMeta: String {
        Self.meta(job.meta, ref: ref.base64URL, traceparent: job.traceparent)
    }

    /// The labels as Oban stores them.
    fileprivate var storedTags: [String] {
        var seen: Set<String> = []
        return job.tags.map { $0.lowercased().trimmed }.filter {
            !$0.isEmpty && seen.insert($0).inserted
        }
    }

    /// The attempt that runs, of a job that was inserted as executing at `moment` (microseconds since 1970).
    func claimed(id: Int64, at moment: Int64) -> ClaimedJob {
        ClaimedJob(
            id: id,
            attempt: 1,
            maxAttempts: job.maxAttempts,
            worker: job.worker,
            queue: job.queue,
            args: storedArgs,
            meta: storedMeta,
            tags: storedTags,
            priority: job.priority,
            insertedAt: moment,
            scheduledAt: moment,
            attemptedAt: moment,
            remaining: job.expiresIn,
            traceparent: job.traceparent,
            ref: ref
        )
    }

    /// The caller's metadata with ours behind it: jsonb keeps the last of equal keys.
    private static func meta(_ meta: String, ref: String, traceparent: String?) -> String {
        var ours = "\"relay\":\"\(ref)\""
        if let traceparent { ours += ",\"relay_traceparent\":\(JSONWriter.quoted(traceparent))" }
        let theirs = meta.trimmed
        if theirs.isEmpty { return "{\(ours)}" }
        let body = theirs.dropLast()
        let isEmpty = body.dropFirst().allSatisfy(\.isWhitespace)
        return "\(body)\(isEmpty ? "" : ",")\(ours)}"
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
