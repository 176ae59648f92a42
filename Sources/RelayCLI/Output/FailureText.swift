internal import RelayClient

/// Failures in words.
enum FailureText {
    /// `kind: message`, on one line.
    static func line(_ failure: Failure) -> String {
        let kind = failure.kind.isEmpty ? name(failure.reason) : failure.kind
        let message = failure.message.isEmpty ? words(failure.reason) : failure.message
        return OneLine.text("\(kind): \(message)")
    }

    /// The reason as the contract writes it.
    static func name(_ reason: Failure.Reason) -> String {
        reason.rawValue.uppercased()
    }

    /// What a timeout says: where the job is, whether anybody serves its queue, and how to go on.
    static func timeout(_ failure: Failure, _ relay: RelayHandle) -> String {
        var parts = ["timed out"]
        if let state = failure.state { parts.append("the job is \(state.rawValue)") }
        if failure.executors == 0, failure.state == .available || failure.state == .scheduled {
            parts.append("no executor of its queue was seen")
        }
        return parts.joined(separator: "; ") + "; go on with: relay await \(relay.text)"
    }

    private static func words(_ reason: Failure.Reason) -> String {
        switch reason {
        case .discarded: "the job was discarded"
        case .resultTooLarge: "the result is over the gateway's --result-limit"
        case .snoozed: "the executor put the job off; wait on with --with-retries"
        case .timeout: "the wait ended before the job did"
        case .exception: "the attempt failed; wait for the next one with --with-retries"
        case .cancelled: "the job was cancelled"
        case .notFound: "there is no such job: it was pruned, or the relay is not of this instance"
        }
    }
}
