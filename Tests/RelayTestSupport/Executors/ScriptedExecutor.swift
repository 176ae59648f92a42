import NIOConcurrencyHelpers
package import RelayCore
import RelayEngine

/// An executor that does what its script says; without one it keeps its jobs until the test finishes them.
package final class ScriptedExecutor: JobExecutor {
    /// What becomes of an attempt.
    package enum Step: Sendable {
        /// It ends at once.
        case finish(ExecutionOutcome)
        /// It ends after a while.
        case finishAfter(Duration, ExecutionOutcome)
        /// It runs until the test ends it.
        case keep
    }

    /// What happened, in order.
    package struct Log: Sendable {
        /// The attempts that were given.
        package var given: [ClaimedJob] = []
        /// The attempts that were asked to stop.
        package var stopped: [AttemptKey] = []
        /// What was said of the attempts that ended by script: whether their end was accepted.
        package var verdicts: [(AttemptKey, Result<Bool, RelayError>)] = []
        /// The attempts that the world has not looked at yet.
        var fresh: [ClaimedJob] = []
    }

    /// The script.
    package let script: @Sendable (ClaimedJob) -> Step
    private let state = NIOLockedValueBox(Log())

    /// Makes an executor.
    package init(_ script: @escaping @Sendable (ClaimedJob) -> Step = { _ in .keep }) {
        self.script = script
    }

    /// What happened so far.
    package var log: Log { state.withLockedValue { $0 } }

    package func run(_ jobs: [ClaimedJob]) {
        state.withLockedValue { state in
            state.given += jobs
            state.fresh += jobs
        }
    }

    package func cancel(_ key: AttemptKey) {
        state.withLockedValue { $0.stopped.append(key) }
    }

    func hear(_ job: ClaimedJob, _ verdict: Result<Bool, RelayError>) {
        state.withLockedValue { $0.verdicts.append((job.key, verdict)) }
    }

    /// Takes the attempts that were given since the last time.
    func takeFresh() -> [ClaimedJob] {
        state.withLockedValue { state in
            defer { state.fresh = [] }
            return state.fresh
        }
    }
}

/// Collects what a reply closure is given.
package final class Recorder<Value: Sendable>: Sendable {
    private let box = NIOLockedValueBox<[Value]>([])

    /// Makes an empty one.
    package init() {}

    /// What came, in order.
    package var values: [Value] { box.withLockedValue { $0 } }

    /// Takes a value.
    package func add(_ value: Value) { box.withLockedValue { $0.append(value) } }
}
