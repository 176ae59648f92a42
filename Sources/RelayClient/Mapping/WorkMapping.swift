internal import RelayMessages
internal import RelayWire

/// What workers and gateways say to each other.
enum WorkMapping {
    static func job(_ wire: Wire.Job) -> ClaimedJob {
        ClaimedJob(
            id: wire.id,
            attempt: Int(wire.attempt),
            maxAttempts: Int(wire.maxAttempts),
            worker: wire.worker,
            queue: wire.queue,
            args: wire.args,
            meta: wire.meta,
            tags: wire.tags,
            priority: Int(wire.priority),
            insertedAt: TimeMapping.epochMicroseconds(wire.insertedAt),
            scheduledAt: TimeMapping.epochMicroseconds(wire.scheduledAt),
            attemptedAt: TimeMapping.epochMicroseconds(wire.attemptedAt),
            remaining: wire.remaining.flatMap { $0.wholeDuration },
            traceparent: wire.traceparent.isEmpty ? nil : wire.traceparent
        )
    }

    /// The message that finishes an attempt; an outcome that no message can hold becomes an exception.
    static func finish(
        _ key: AttemptKey,
        _ outcome: ExecutionOutcome,
        maxMessageBytes: Int
    ) -> Wire.WorkRequest {
        let request = finish(key, outcome)
        let byteCount = request.encodedByteCount
        guard byteCount + frameOverhead > maxMessageBytes else { return request }
        let exception = JobException(
            kind: "ResultTooLarge",
            message:
                "the outcome takes \(byteCount) bytes, over the \(maxMessageBytes) of a message"
        )
        return finish(key, .exception(exception))
    }

    static func progress(_ key: AttemptKey, _ value: RelayValue) -> Wire.WorkRequest {
        Wire.WorkRequest(
            message: .progress(
                Wire.ProgressReport(
                    jobID: key.jobID,
                    attempt: UInt32(clamping: key.attempt),
                    value: ValueMapping.wire(value)
                )
            )
        )
    }

    /// What a frame adds to its body, at most.
    private static let frameOverhead = 32

    private static func finish(_ key: AttemptKey, _ outcome: ExecutionOutcome) -> Wire.WorkRequest {
        Wire.WorkRequest(
            message: .finish(
                Wire.Finish(
                    jobID: key.jobID,
                    attempt: UInt32(clamping: key.attempt),
                    outcome: wire(outcome)
                )
            )
        )
    }

    private static func wire(_ outcome: ExecutionOutcome) -> Wire.Finish.Outcome {
        switch outcome {
        case .ok(let value): .ok(ValueMapping.wire(value))
        case .exception(let exception):
            .exception(
                Wire.Exception(
                    kind: exception.kind,
                    message: exception.message,
                    stacktrace: exception.stacktrace
                )
            )
        case .snooze(let rest): .snooze(Wire.Duration(max(rest, .zero)))
        case .cancel(let reason): .cancel(reason)
        case .discard(let reason): .discard(reason)
        }
    }
}
