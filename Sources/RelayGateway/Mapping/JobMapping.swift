internal import RelayCore
internal import RelayMessages
internal import RelayWire

/// What callers describe as a job, in the engine's words.
enum JobMapping {
    /// Checks a job and fills in its defaults; nil if anything is wrong, which `violations` then
    /// names.
    static func job(
        _ wire: Wire.NewJob,
        path: String,
        violations: inout Violations
    ) -> NewJob? {
        var refused = false
        func refuse(_ field: String, _ reason: String) {
            refused = true
            violations.add("\(path).\(field)", reason)
        }

        var job = NewJob(worker: wire.worker)
        if !wire.queue.isEmpty { job.queue = wire.queue }
        if !wire.args.isEmpty { job.args = wire.args }
        if !wire.meta.isEmpty { job.meta = wire.meta }
        job.priority = Int(wire.priority)
        if wire.maxAttempts != 0 { job.maxAttempts = Int(wire.maxAttempts) }
        job.tags = wire.tags
        job.idempotencyKey = wire.idempotencyKey.isEmpty ? nil : wire.idempotencyKey
        job.traceparent = wire.traceparent.isEmpty ? nil : wire.traceparent

        switch wire.schedule {
        case nil:
            break
        case .scheduledAt(let moment):
            if let moment = TimeMapping.epochMicroseconds(moment) {
                job.schedule = .at(epochMicroseconds: moment)
            } else {
                refuse("scheduled_at", TimeMapping.timestampRule)
            }
        case .scheduleIn(let delay):
            if let delay = delay.wholeDuration {
                job.schedule = .after(delay)
            } else {
                refuse("schedule_in", TimeMapping.durationRule)
            }
        }
        if let expiry = wire.expiresIn {
            if let expiry = expiry.wholeDuration {
                job.expiresIn = expiry
            } else {
                refuse("expires_in", TimeMapping.durationRule)
            }
        }
        if let unique = wire.unique {
            job.unique = self.unique(unique, refuse: refuse)
        }

        let broken = job.violations(path: path)
        violations.add(broken)
        return refused || !broken.isEmpty ? nil : job
    }

    private static func unique(
        _ wire: Wire.Unique,
        refuse: (String, String) -> Void
    ) -> Unique {
        var unique = Unique(period: nil)
        if let period = wire.period {
            if let period = period.wholeDuration {
                unique.period = period
            } else {
                refuse("unique.period", TimeMapping.durationRule)
            }
        }
        if !wire.fields.isEmpty {
            unique.fields = []
            for (index, name) in wire.fields.enumerated() {
                if let field = Unique.Field(rawValue: name) {
                    unique.fields.insert(field)
                } else {
                    refuse("unique.fields[\(index)]", "must be worker, queue, args or meta")
                }
            }
        }
        unique.keys = wire.keys
        if !wire.states.isEmpty {
            unique.states = []
            for (index, name) in wire.states.enumerated() {
                if let state = JobState(rawValue: name) {
                    unique.states.insert(state)
                } else {
                    refuse("unique.states[\(index)]", "must be a job state")
                }
            }
        }
        // Bad names are reported one by one; the rule of the core would only say that none is left.
        if unique.fields.isEmpty { unique.fields = [.worker] }
        if unique.states.isEmpty { unique.states = Unique.defaultStates }
        return unique
    }
}
