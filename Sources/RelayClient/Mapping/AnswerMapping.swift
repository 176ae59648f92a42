internal import RelayMessages

/// What gateways answer, in the core's words.
enum AnswerMapping {
    static func wire(_ handle: RelayHandle) -> Wire.Relay {
        Wire.Relay(
            jobID: handle.jobID,
            ref: handle.ref.bytes,
            instance: handle.instance,
            duplicate: handle.duplicate
        )
    }

    static func handle(_ wire: Wire.Relay) throws(RelayError) -> RelayHandle {
        guard let ref = RelayRef(bytes: wire.ref) else { throw .answerUnexpected }
        return RelayHandle(
            jobID: wire.jobID,
            ref: ref,
            instance: wire.instance.isEmpty ? RelayHandle.defaultInstance : wire.instance,
            duplicate: wire.duplicate
        )
    }

    /// The answer of a relay that is known already.
    static func answer(_ wire: Wire.AwaitResult, of relay: RelayHandle) -> AwaitAnswer {
        let outcome: AwaitOutcome =
            switch wire.outcome {
            case nil: .ok(.null)
            case .ok(let value): .ok(ValueMapping.value(value))
            case .error(let failure): .failed(self.failure(failure))
            }
        return AwaitAnswer(relay: relay, attempt: Int(wire.attempt), outcome: outcome)
    }

    /// The answer of a call, which says what its relay is.
    static func answer(_ wire: Wire.AwaitResult?) throws(RelayError) -> AwaitAnswer {
        guard let wire, let relay = wire.relay else { throw .answerUnexpected }
        return answer(wire, of: try handle(relay))
    }

    static func wire(_ cancelOn: CancelOn) -> Wire.CancelOn {
        switch cancelOn {
        case .never: .unspecified
        case .timeout: .timeout
        case .abandon: .abandon
        case .either: .either
        }
    }

    private static func failure(_ wire: Wire.Failure) -> Failure {
        Failure(
            reason: reason(wire.reason),
            kind: wire.kind,
            message: wire.message,
            stacktrace: wire.stacktrace,
            state: JobState(rawValue: wire.state),
            executors: Int(wire.executors)
        )
    }

    private static func reason(_ wire: Wire.Reason) -> Failure.Reason {
        switch wire {
        case .discarded: .discarded
        case .resultTooLarge: .resultTooLarge
        case .snoozed: .snoozed
        case .timeout: .timeout
        case .cancelled: .cancelled
        case .notFound: .notFound
        // A reason that is not known here is of a newer gateway; what it says is in the message.
        case .exception, .unspecified: .exception
        }
    }
}
