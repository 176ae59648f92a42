import RelayCore
import RelayEngine
import RelayTestSupport

/// What becomes of an attempt: a matter of chance, but the same for the same seed, job and attempt.
enum Script {
    /// From this attempt on all goes well, so that every job ends.
    private static let lastTrouble = 3

    static func step(of job: ClaimedJob, seed: UInt64) -> ScriptedExecutor.Step {
        var random = SeededGenerator(
            seed: seed ^ (UInt64(bitPattern: job.id) << 8) ^ UInt64(job.attempt + 16 * job.snoozed)
        )
        let outcome = outcome(of: job, chance: Int.random(in: 1...100, using: &random))
        switch Int.random(in: 1...100, using: &random) {
        case ...40: return .finish(outcome)
        case ...85:
            return .finishAfter(.milliseconds(Int.random(in: 1...400, using: &random)), outcome)
        case ...96:
            return .finishAfter(.milliseconds(Int.random(in: 400...6_000, using: &random)), outcome)
        default: return .finishAfter(.seconds(Int.random(in: 6...9, using: &random)), outcome)
        }
    }

    /// The result of an attempt, which names it.
    static func value(_ key: AttemptKey) -> RelayValue { .json("\"\(key.jobID)/\(key.attempt)\"") }

    private static func outcome(of job: ClaimedJob, chance: Int) -> ExecutionOutcome {
        if job.attempt + job.snoozed >= lastTrouble { return .ok(value(job.key)) }
        switch chance {
        case ...65: return .ok(value(job.key))
        case ...80: return .exception(JobException(kind: "E", message: "attempt \(job.attempt)"))
        case ...90: return .snooze(.milliseconds(300))
        case ...95: return .cancel(reason: "why not")
        default: return .discard(reason: "no more")
        }
    }
}
