internal import ArgumentParser
internal import RelayClient

/// What job to insert.
struct JobOptions: ParsableArguments {
    @Argument(help: "The worker's name, such as Echo.")
    var worker: String

    @Argument(help: "The arguments: a JSON object; - reads it from stdin.")
    var json: String = "{}"

    @Option(help: "The queue (default: default).")
    var queue: String?

    @Option(help: "0 to 9; 0 runs first (default: 0).")
    var priority: String?

    @Option(help: "How often the job may be tried (default: 20).")
    var maxAttempts: String?

    @Option(help: "Run the job after this long, such as 10m.")
    var scheduleIn: String?

    @Option(help: "Never start the job later than this, such as 30s.")
    var expiresIn: String?

    @Option(help: "Makes sending again safe: the same key returns the first job.")
    var idempotencyKey: String?

    @Option(name: .customLong("tag"), help: "A label; may be given several times.")
    var tags: [String] = []

    @Option(help: "The caller's own metadata: a JSON object.")
    var meta: String?

    @Option(help: "The W3C trace context of the caller.")
    var traceparent: String?

    @Option(help: "The named instance of the gateway (default: default).")
    var instance: String?

    @Option(
        name: .customLong("unique"),
        help: "Return a job that is the same and this young instead: a duration, or 'forever'."
    )
    var uniquePeriod: String?

    @Option(help: "What makes jobs the same: worker,queue,args,meta (default: worker,queue,args).")
    var uniqueFields: String?

    @Option(help: "Compare only these keys of args, such as id,day.")
    var uniqueKeys: String?

    @Option(help: "States in which a job counts, such as available,executing.")
    var uniqueStates: String?

    /// The job; throws `CommandError` that names everything that is wrong with it.
    func job(_ settings: Settings) throws -> NewJob {
        var job = NewJob(worker: worker)
        job.args = json == "-" ? try Terminal.readAll() : json
        job.queue = settings.text("queue", queue) ?? job.queue
        job.priority = try settings.number("priority", priority, in: 0...9) ?? job.priority
        job.maxAttempts =
            try settings.number("max-attempts", maxAttempts, in: 1...32_767) ?? job.maxAttempts
        if let delay = try settings.duration("schedule-in", scheduleIn) {
            job.schedule = .after(delay)
        }
        job.expiresIn = try settings.duration("expires-in", expiresIn)
        job.idempotencyKey = settings.text("idempotency-key", idempotencyKey)
        job.tags = settings.list("tag", tags)
        job.meta = settings.text("meta", meta) ?? job.meta
        job.traceparent =
            settings.text("traceparent", traceparent)
            ?? settings.variable("TRACEPARENT")
        job.unique = try unique(settings)
        let violations = job.violations(path: "job")
        guard violations.isEmpty else {
            let text = violations.map { "\($0.field.dropFirst(4)) \($0.reason)" }
            throw CommandError.usage(
                OneLine.text("the job is not valid: " + text.joined(separator: "; "))
            )
        }
        return job
    }

    /// The instance that is to hold the job.
    func instanceName(_ settings: Settings) -> String {
        settings.text("instance", instance) ?? RelayHandle.defaultInstance
    }

    private func unique(_ settings: Settings) throws -> Unique? {
        let period = settings.text("unique", uniquePeriod)
        let fields = settings.text("unique-fields", uniqueFields)
        let keys = settings.text("unique-keys", uniqueKeys)
        let states = settings.text("unique-states", uniqueStates)
        guard period != nil || fields != nil || keys != nil || states != nil else { return nil }
        var unique = Unique()
        if period == "forever" {
            unique.period = nil
        } else if let period = try settings.duration("unique", period) {
            unique.period = period
        }
        if let fields {
            unique.fields = Set(
                try Self.parts(fields).map { name in
                    guard let field = Unique.Field(rawValue: name) else {
                        throw settings.wrong("unique-fields", name, "worker, queue, args or meta")
                    }
                    return field
                }
            )
        }
        if let keys { unique.keys = Self.parts(keys) }
        if let states {
            unique.states = Set(
                try Self.parts(states).map { name in
                    guard let state = JobState(rawValue: name) else {
                        throw settings.wrong("unique-states", name, "a job state")
                    }
                    return state
                }
            )
        }
        return unique
    }

    private static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
}
