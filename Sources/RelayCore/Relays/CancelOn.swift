/// When the end of a wait also cancels the job.
public enum CancelOn: Sendable, Hashable {
    case never
    case timeout
    /// The caller left: its connection is gone, or its task was cancelled.
    case abandon
    case either

    /// Whether a timeout cancels the job.
    package var includesTimeout: Bool { self == .timeout || self == .either }
    /// Whether a caller that leaves cancels the job.
    package var includesAbandon: Bool { self == .abandon || self == .either }
}
