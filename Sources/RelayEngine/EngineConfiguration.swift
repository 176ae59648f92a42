package import RelayCore

/// How an engine behaves; the defaults are those of `relay serve`.
package struct EngineConfiguration: Sendable {
    /// The instance's name, which the relays carry.
    package var instance = RelayHandle.defaultInstance
    /// The node's name.
    package var node: String
    /// The limits that concern the engine.
    package var limits = Limits()
    /// How long a failed job rests.
    package var retry = RetryPolicy.oban
    /// The rhythms of the maintenance.
    package var rhythm = Rhythm()
    /// The jobs of one insert statement.
    package var insertBatch = 1_000
    /// The outcomes of one finish statement.
    package var finishBatch = 1_000
    /// The jobs of one claim.
    package var claimBatch = 1_000
    /// The jobs of one cancel statement.
    package var cancelBatch = 1_000
    /// The rows of one read for waiters.
    package var readBatch = 5_000
    /// The outcomes that may wait for their turn before no more jobs are claimed, which would wait behind them.
    package var finishBacklog = 1_500
    /// The same, with those that wait aside because somebody else has their row locked.
    package var maxPendingFinishes = 20_000
    /// How long finished jobs are kept; nil leaves all pruning to others.
    package var resultRetention: Duration? = .seconds(86_400)
    /// Seeds what is drawn by chance, but for refs.
    package var seed = UInt64.random(in: .min ... .max)
    /// Draws the refs; a simulator gives its own.
    package var makeRef: @Sendable () -> RelayRef = { .random() }

    /// Makes the defaults for a node.
    package init(node: String) {
        self.node = node
    }

    /// How often things are done that nothing wakes.
    package struct Rhythm: Sendable {
        /// Looking for due jobs in case a hint was lost.
        package var poll = Duration.seconds(1)
        /// Making scheduled and retryable jobs available.
        package var stage = Duration.seconds(1)
        /// Reading the rows of all open waits.
        package var sweep = Duration.milliseconds(1_500)
        /// The same for waits whose job only a stranger can run, who tells nobody.
        package var foreignSweep = Duration.milliseconds(200)
        /// The same while hints don't get through.
        package var sickSweep = Duration.milliseconds(200)
        /// Telling the register that this session lives.
        package var beat = Duration.seconds(3)
        /// How long a session may be silent before its jobs go back.
        package var silence = Duration.seconds(10)
        /// How long a session must be seen without a connection before its jobs go back.
        package var absence = Duration.seconds(5)
        /// Saying hello to the other nodes, which is also the self-test of the listener.
        package var hello = Duration.seconds(5)
        /// How long one's own hello may take to come back.
        package var helloTimeout = Duration.seconds(2)
        /// Deleting old jobs.
        package var prune = Duration.seconds(60)
        /// How long the last read before a timeout may take.
        package var finalRead = Duration.milliseconds(500)
        /// How long past its timeout a call may still wait for its job to be inserted.
        package var insertGrace = Duration.milliseconds(900)
        /// The least time between two progress notifications of one job.
        package var progress = Duration.milliseconds(100)
        /// The rest before cancellations that nobody waits for are tried again.
        package var cancelRetry = Duration.seconds(1)
        /// The rest before outcomes that could not be written are tried again.
        package var finishRetry = Duration.milliseconds(250)

        /// Makes the defaults.
        package init() {}
    }
}
