internal import RelayCore
internal import RelayMessages
internal import RelayWire

/// What a worker asks to be given.
struct Subscription: Sendable, Equatable {
    var instance: String
    var node: String
    var queues: [String: Int]

    /// Throws `PERMISSION_DENIED` if the worker may not be given the jobs of some queue.
    func check(_ principal: Principal) throws(RelayError) {
        for queue in queues.keys.sorted() where !principal.mayWork(on: queue, of: instance) {
            throw .denied(
                "work on queue \(LogText(queue).quoted)",
                needs: "work@\(instance):\(LogText(queue))"
            )
        }
    }
}

/// What workers and engines say to each other.
enum WorkMapping {
    /// The exception of an attempt whose result cannot be read.
    static let invalidResultKind = "InvalidResult"

    /// Checks a subscription; throws `INVALID_ARGUMENT` with everything that is wrong.
    static func subscription(
        _ wire: Wire.Subscribe,
        configuration: GatewayConfiguration
    ) throws(RelayError) -> Subscription {
        var violations = Violations(limit: configuration.maxViolations)
        var queues: [String: Int] = [:]
        if wire.queues.isEmpty {
            violations.add("subscribe.queues", "must name at least one queue")
        }
        if wire.queues.count > configuration.maxQueuesPerWorker {
            violations.add(
                "subscribe.queues",
                "must be at most \(configuration.maxQueuesPerWorker)"
            )
        }
        for (index, entry) in wire.queues.prefix(configuration.maxQueuesPerWorker).enumerated() {
            let path = "subscribe.queues[\(index)]"
            // The core knows what a queue may be called.
            let named = NewJob(worker: "any", queue: entry.queue).violations(path: path)
            violations.add(named)
            if !(1...configuration.maxJobsPerQueue).contains(Int(entry.limit)) {
                violations.add("\(path).limit", "must be 1 to \(configuration.maxJobsPerQueue)")
            }
            if queues.updateValue(Int(entry.limit), forKey: entry.queue) != nil {
                violations.add("\(path).queue", "is named twice")
            }
        }
        try violations.check()
        return Subscription(
            instance: EngineDirectory.name(wire.instance),
            node: wire.node,
            queues: queues
        )
    }

    /// How an attempt ended; what cannot be read is an exception of the attempt, so that its job
    /// goes on.
    static func outcome(_ wire: Wire.Finish.Outcome?) -> ExecutionOutcome {
        switch wire {
        case nil:
            // What a newer worker says may be a failure; it must not pass for a success.
            return invalid("the attempt ended in a way that this gateway does not know")
        case .ok(let value):
            do {
                return .ok(try ValueMapping.value(value))
            } catch {
                return invalid(error.reason)
            }
        case .exception(let exception):
            return .exception(
                JobException(
                    kind: exception.kind,
                    message: exception.message,
                    stacktrace: exception.stacktrace
                )
            )
        case .snooze(let rest):
            guard let rest = rest.wholeDuration, rest <= maxSnooze else {
                return invalid("the snooze is not a duration of 0 to 100 years")
            }
            return .snooze(rest)
        case .cancel(let reason):
            return .cancel(reason: reason)
        case .discard(let reason):
            return .discard(reason: reason)
        }
    }

    static func job(_ job: ClaimedJob) -> Wire.Job {
        var wire = Wire.Job()
        wire.id = job.id
        wire.attempt = UInt32(clamping: job.attempt)
        wire.maxAttempts = UInt32(clamping: job.maxAttempts)
        wire.worker = job.worker
        wire.queue = job.queue
        wire.args = job.args
        wire.meta = job.meta
        wire.tags = job.tags
        wire.priority = UInt32(clamping: job.priority)
        wire.insertedAt = TimeMapping.wire(epochMicroseconds: job.insertedAt)
        wire.scheduledAt = TimeMapping.wire(epochMicroseconds: job.scheduledAt)
        wire.attemptedAt = TimeMapping.wire(epochMicroseconds: job.attemptedAt)
        wire.remaining = job.remaining.map { Wire.Duration($0) }
        wire.traceparent = job.traceparent ?? ""
        return wire
    }

    static func finished(_ key: AttemptKey, accepted: Bool) -> Wire.Finished {
        var wire = Wire.Finished()
        wire.jobID = key.jobID
        wire.attempt = UInt32(clamping: key.attempt)
        wire.accepted = accepted
        return wire
    }

    static func cancel(_ key: AttemptKey) -> Wire.CancelJob {
        var wire = Wire.CancelJob()
        wire.jobID = key.jobID
        wire.attempt = UInt32(clamping: key.attempt)
        return wire
    }

    private static let maxSnooze = Duration.seconds(100 * 366 * 86_400)

    private static func invalid(_ why: String) -> ExecutionOutcome {
        .exception(JobException(kind: invalidResultKind, message: why))
    }
}
