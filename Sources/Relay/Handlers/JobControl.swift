/// What a handler throws to end its attempt other than with a value or an error, in Oban's words.
public enum JobControl: Error, Sendable, Hashable {
    /// Run the job again after the time; the attempt doesn't count.
    case snooze(Duration)
    /// Cancel the job, with the reason that its waiters are told.
    case cancel(reason: String)
    /// Never try the job again, with the reason that its waiters are told.
    case discard(reason: String)
}
