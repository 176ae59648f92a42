internal import RelayClient

/// Prints the answer of one relay.
struct AnswerPrinter: Sendable {
    /// Whether the whole answer is wanted as JSON, not only its value.
    var isJSON: Bool

    /// Prints the value, or says why there is none.
    ///
    /// - Throws: `CommandError` with the status that the answer means.
    func print(_ answer: AwaitAnswer) throws {
        if isJSON { try Terminal.print(AnswerLine.text(answer)) }
        switch answer.outcome {
        case .ok(let value):
            if !isJSON { try print(value) }
        case .failed(let failure) where failure.reason == .timeout:
            if !isJSON { try Terminal.print(answer.relay.text) }
            throw CommandError(
                status: .timedOut,
                message: FailureText.timeout(failure, answer.relay)
            )
        case .failed(let failure):
            throw CommandError(status: .failed, message: FailureText.line(failure))
        }
    }

    private func print(_ value: RelayValue) throws {
        switch value {
        case .json(let text): try Terminal.print(text)
        case .data(let bytes, _): try Terminal.write(bytes)
        }
    }
}
