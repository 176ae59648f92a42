internal import NIOConcurrencyHelpers
package import RelayCore

/// Runs jobs by Swift code in this process, one task an attempt.
///
/// The executor owns its tasks: a cancelled job cancels its task, and `stop` cancels all and waits for them.
package final class HandlerExecutor: JobExecutor {
    /// What runs an attempt; it never throws, since a thrown error is an outcome too.
    package typealias Body = @Sendable (ClaimedJob) async -> ExecutionOutcome

    private struct State {
        var binding: (engine: Engine, id: ExecutorID)?
        var early: [ClaimedJob] = []
        var tasks: [AttemptKey: Task<Void, Never>] = [:]
        var cancelledEarly: Set<AttemptKey> = []
        /// The attempts that ended since the engine was last told, and whether somebody is telling it now.
        var ended: [(AttemptKey, ExecutionOutcome)] = []
        var isTelling = false
        var isStopped = false
    }

    private let body: Body
    private let state = NIOLockedValueBox(State())

    /// Makes an executor; `attach` lets it run.
    package init(body: @escaping Body) {
        self.body = body
    }

    /// Attaches the executor to an engine, with how many jobs of each queue it runs at once.
    package func attach(to engine: Engine, queues: [String: Int]) {
        let id = engine.attach(self, queues: queues)
        let early = state.withLockedValue { state in
            state.binding = (engine, id)
            defer { state.early = [] }
            return state.early
        }
        run(early)
    }

    package func run(_ jobs: [ClaimedJob]) {
        for job in jobs {
            state.withLockedValue { state in
                guard !state.isStopped else { return }
                guard let (engine, id) = state.binding else {
                    state.early.append(job)
                    return
                }
                let task = Task { await self.perform(job, engine, id) }
                if state.cancelledEarly.remove(job.key) != nil { task.cancel() }
                state.tasks[job.key] = task
            }
        }
    }

    package func cancel(_ key: AttemptKey) {
        state.withLockedValue { state in
            if let task = state.tasks[key] {
                task.cancel()
            } else if state.early.contains(where: { $0.key == key }) {
                state.cancelledEarly.insert(key)
            }
        }
    }

    private func perform(_ job: ClaimedJob, _ engine: Engine, _ id: ExecutorID) async {
        let outcome = await body(job)
        let mustTell = state.withLockedValue { state in
            state.tasks[job.key] = nil
            state.ended.append((job.key, outcome))
            defer { state.isTelling = true }
            return !state.isTelling
        }
        if mustTell { tell(engine, id) }
    }

    /// Whoever tells the engine tells it what ended meanwhile too, so that the others need not wait for its lock.
    private func tell(_ engine: Engine, _ id: ExecutorID) {
        while true {
            let ended = state.withLockedValue { state in
                state.isTelling = !state.ended.isEmpty
                defer { state.ended = [] }
                return state.ended
            }
            if ended.isEmpty { return }
            engine.finish(ended, by: id)
        }
    }

    /// Reports progress of an attempt that runs here.
    package func progress(_ key: AttemptKey, _ value: RelayValue) {
        guard let (engine, id) = state.withLockedValue({ $0.binding }) else { return }
        engine.progress(key, by: id, value)
    }

    /// Detaches from the engine, so that what still runs goes back, then cancels its tasks and waits for them.
    package func stop(reason: String) async {
        let (binding, tasks) = state.withLockedValue { state in
            state.isStopped = true
            defer { state.tasks = [:] }
            return (state.binding, state.tasks.values)
        }
        if let (engine, id) = binding { engine.detach(id, reason: reason) }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
