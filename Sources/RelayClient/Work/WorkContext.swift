/// What a handler can do besides returning an outcome.
public struct WorkContext: Sendable {
    private let report: @Sendable (RelayValue) -> Void

    init(report: @escaping @Sendable (RelayValue) -> Void) {
        self.report = report
    }

    /// Tells waiters that asked for it how far the job is; best effort, dropped if over 4 KB.
    public func progress(_ value: RelayValue) {
        report(value)
    }
}
