import RelayCore

extension ExecutionOutcome {
    /// What becomes of the job: the rules of Oban, with `jitter` (0 to 1) drawn by the caller.
    func change(
        of job: ClaimedJob,
        killed: Bool,
        retry: RetryPolicy,
        jitter: Double
    ) -> JobFinish.Change {
        switch self {
        case .ok(let value):
            return .complete(value)
        case .exception(let exception):
            if killed { return .cancel(reason: exception.message) }
            if job.attempt >= job.maxAttempts { return .discard(exception) }
            let rest = retry.delay(
                attempt: job.attempt,
                maxAttempts: job.maxAttempts,
                jitter: jitter
            )
            return .retry(exception, after: rest)
        case .snooze(let rest):
            return .snooze(max(rest, .zero))
        case .cancel(let reason):
            return .cancel(reason: reason)
        case .discard(let reason):
            return .discard(JobException(kind: "Discard", message: reason))
        }
    }
}
