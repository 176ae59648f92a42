/// How much an engine holds now, for metrics and for tests that look for what is never given up.
package struct EngineGauges: Sendable, Hashable {
    /// The relays that are waited for.
    package var openWaits: Int
    /// The jobs that are waited for.
    package var watchedJobs: Int
    /// The entries of the timers, those of ended waits too.
    package var timers: Int
    /// The calls whose job is being inserted.
    package var insertingCalls: Int
    /// The jobs that wait to be inserted.
    package var queuedInserts: Int
    /// The attempts that run here.
    package var running: Int
    /// The outcomes that are not written yet.
    package var pendingFinishes: Int
    /// The executors that are attached here.
    package var executors: Int
    /// The progress reports that are kept.
    package var progressReports: Int

    /// What an engine holds that nobody uses.
    package static let zero = EngineGauges(
        openWaits: 0,
        watchedJobs: 0,
        timers: 0,
        insertingCalls: 0,
        queuedInserts: 0,
        running: 0,
        pendingFinishes: 0,
        executors: 0,
        progressReports: 0
    )
}

extension EngineMachine {
    /// How much is held now.
    package var gauges: EngineGauges {
        EngineGauges(
            openWaits: waiters.openCount,
            watchedJobs: waiters.jobCount,
            timers: timers.count,
            insertingCalls: insertingCalls.count,
            queuedInserts: inserter.queuedJobs,
            running: slots.runningCount,
            pendingFinishes: finisher.count,
            executors: slots.executorIDs.count,
            progressReports: progressBook.count
        )
    }
}
