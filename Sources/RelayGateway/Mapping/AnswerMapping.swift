internal import RelayCore
internal import RelayEngine
internal import RelayMessages

/// What engines answer, in the protocol's words.
enum AnswerMapping {
    static func relays(_ handles: [RelayHandle]) -> Wire.AsyncResponse {
        var response = Wire.AsyncResponse()
        response.relays = handles.map(RelayMapping.wire)
        return response
    }

    /// What the message of an answer takes besides its value, at most.
    private static let overheadBytes = 1_024
    /// The most characters that are passed on of an exception's message, and of its stack.
    private static let maxTextBytes = 256 * 1024

    /// The result; a value that no message can hold becomes `RESULT_TOO_LARGE`.
    static func result(_ answer: AwaitAnswer, maxBytes: Int) -> Wire.AwaitResult {
        var result = Wire.AwaitResult()
        result.relay = RelayMapping.wire(answer.relay)
        result.attempt = UInt32(clamping: answer.attempt)
        switch answer.outcome {
        case .ok(let value) where value.byteCount + overheadBytes > maxBytes:
            let failure = Failure(
                reason: .resultTooLarge,
                message: "the job completed, but its result of \(value.byteCount) bytes is over "
                    + "the limit of a message",
                state: .completed
            )
            result.outcome = .error(wire(failure))
        case .ok(let value): result.outcome = .ok(ValueMapping.wire(value))
        case .failed(let failure): result.outcome = .error(wire(failure))
        }
        return result
    }

    static func cancelled(_ answer: CancelAnswer) -> Wire.CancelResponse {
        var response = Wire.CancelResponse()
        response.cancelled = answer.cancelled
        response.state = answer.state.rawValue
        return response
    }

    private static func wire(_ failure: Failure) -> Wire.Failure {
        var wire = Wire.Failure()
        wire.reason = reason(failure.reason)
        wire.kind = bounded(failure.kind)
        wire.message = bounded(failure.message)
        wire.stacktrace = bounded(failure.stacktrace)
        wire.state = failure.state?.rawValue ?? ""
        wire.executors = UInt32(clamping: failure.executors)
        return wire
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > maxTextBytes else { return text }
        return String(decoding: text.utf8.prefix(maxTextBytes), as: UTF8.self)
    }

    private static func reason(_ reason: Failure.Reason) -> Wire.Reason {
        switch reason {
        case .discarded: .discarded
        case .resultTooLarge: .resultTooLarge
        case .snoozed: .snoozed
        case .timeout: .timeout
        case .exception: .exception
        case .cancelled: .cancelled
        case .notFound: .notFound
        }
    }
}
