/// The state of a job, named as in the `oban_job_state` enum of the shared table.
public enum JobState: String, Sendable, Hashable, CaseIterable {
    case suspended
    case available
    case scheduled
    case executing
    case retryable
    case completed
    case discarded
    case cancelled

    /// Whether a job in this state never runs again unless somebody retries it by hand.
    public var isTerminal: Bool {
        switch self {
        case .completed, .discarded, .cancelled: true
        case .suspended, .available, .scheduled, .executing, .retryable: false
        }
    }
}
