internal import RelayMessages
internal import RelayWire

/// Jobs to insert, in the protocol's words.
enum JobMapping {
    static func wire(_ job: NewJob) -> Wire.NewJob {
        Wire.NewJob(
            worker: job.worker,
            queue: job.queue,
            args: job.args,
            priority: UInt32(clamping: job.priority),
            maxAttempts: UInt32(clamping: job.maxAttempts),
            tags: job.tags,
            meta: job.meta,
            schedule: schedule(job.schedule),
            unique: job.unique.map(unique),
            idempotencyKey: job.idempotencyKey ?? "",
            expiresIn: job.expiresIn.map { Wire.Duration($0) },
            traceparent: job.traceparent ?? ""
        )
    }

    private static func schedule(_ schedule: NewJob.Schedule) -> Wire.NewJob.Schedule? {
        switch schedule {
        case .now: nil
        case .at(let moment): .scheduledAt(TimeMapping.wire(epochMicroseconds: moment))
        case .after(let delay): .scheduleIn(Wire.Duration(delay))
        }
    }

    private static func unique(_ unique: Unique) -> Wire.Unique {
        Wire.Unique(
            period: unique.period.map { Wire.Duration($0) },
            fields: unique.fields.map(\.rawValue).sorted(),
            keys: unique.keys,
            states: unique.states.map(\.rawValue).sorted()
        )
    }
}
