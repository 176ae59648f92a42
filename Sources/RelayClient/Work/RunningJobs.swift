internal import NIOConcurrencyHelpers

/// The tasks of the attempts that run here, so that one of them can be cancelled.
final class RunningJobs: Sendable {
    private let tasks = NIOLockedValueBox<[AttemptKey: Task<ExecutionOutcome, Never>]>([:])

    var count: Int { tasks.withLockedValue { $0.count } }

    /// Keeps a place for an attempt, before its task is there; false if it runs already.
    func begin(
        _ key: AttemptKey,
        _ body: @escaping @Sendable () async -> ExecutionOutcome
    ) -> Bool {
        tasks.withLockedValue { tasks in
            guard tasks[key] == nil else { return false }
            tasks[key] = Task { await body() }
            return true
        }
    }

    /// Waits for the attempt's outcome and forgets its task; cancelled together with the caller.
    func outcome(of key: AttemptKey) async -> ExecutionOutcome? {
        guard let task = tasks.withLockedValue({ $0[key] }) else { return nil }
        let outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        tasks.withLockedValue { _ = $0.removeValue(forKey: key) }
        return outcome
    }

    func cancel(_ key: AttemptKey) {
        tasks.withLockedValue { $0[key] }?.cancel()
    }
}
