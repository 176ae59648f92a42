internal import ArgumentParser
internal import RelayClient

/// How to wait.
struct WaitOptions: ParsableArguments {
    @Option(help: "How long to wait; 0 answers at once (default: 5s).")
    var timeout: String?

    @Flag(help: "Wait through failures and snoozes until the job has ended.")
    var withRetries = false

    @Option(help: "Cancel the job with the wait: on timeout, abandon or either.")
    var cancelOn: String?

    /// How long to wait; nil is the gateway's default.
    func duration(_ settings: Settings) throws -> Duration? {
        try settings.duration("timeout", timeout)
    }

    /// Whether to wait through failures.
    func waitsThroughFailures(_ settings: Settings) throws -> Bool {
        try settings.isOn("with-retries", withRetries)
    }

    /// When the end of the wait also cancels the job.
    func cancels(_ settings: Settings) throws -> CancelOn {
        switch settings.text("cancel-on", cancelOn) {
        case nil, "never": return .never
        case "timeout": return .timeout
        case "abandon": return .abandon
        case "either": return .either
        case let other?:
            throw settings.wrong("cancel-on", other, "never, timeout, abandon or either")
        }
    }
}
