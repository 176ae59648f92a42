extension JobSnapshot {
    /// The answer that this row gives to a waiter, or nil if the wait goes on.
    ///
    /// By default the first failure ends a wait, as in Oban's Relay; with retries only a terminal state does.
    /// Source: the contract's §2, rule `await`.
    package func answer(withRetries: Bool) -> (attempt: Int, outcome: AwaitOutcome)? {
        switch state {
        case .completed:
            return (attempt, completedOutcome)
        case .discarded:
            return (attempt, .failed(failure(.discarded)))
        case .cancelled:
            return (attempt, .failed(failure(.cancelled)))
        case .retryable:
            return withRetries ? nil : (attempt, .failed(failure(.exception)))
        case .scheduled:
            guard !withRetries, attempt > 0 || snoozed > 0 else { return nil }
            // A snooze gives its attempt back (`attempt - 1`, `meta.snoozed + 1`); the one that snoozed is meant.
            let snoozedAttempt = snoozed > 0 ? attempt + 1 : attempt
            return (snoozedAttempt, .failed(Failure(reason: .snoozed, state: state)))
        case .suspended, .available, .executing:
            return nil
        }
    }

    private var completedOutcome: AwaitOutcome {
        switch result {
        case .none:
            .ok(.null)
        case .value(let value):
            .ok(value)
        case .tooLarge(let byteCount):
            .failed(
                Failure(
                    reason: .resultTooLarge,
                    message:
                        "the job completed, but its result of \(byteCount) bytes is over the gateway's result limit",
                    state: state
                )
            )
        case .undecodable(let why):
            .failed(
                Failure(reason: .exception, kind: "UndecodableResult", message: why, state: state)
            )
        }
    }

    private func failure(_ reason: Failure.Reason) -> Failure {
        Failure(
            reason: reason,
            kind: lastError?.kind ?? "",
            message: lastError?.message ?? "",
            stacktrace: lastError?.stacktrace ?? "",
            state: state
        )
    }
}
