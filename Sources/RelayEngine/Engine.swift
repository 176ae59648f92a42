package import Logging
internal import NIOConcurrencyHelpers
package import RelayCore

/// The engine of one instance: its machine behind a lock, and a shell that performs the machine's actions.
///
/// Any thread may call; the actions are performed in the machine's order by whichever thread finds nobody performing,
/// so that events of a stream never overtake each other. Every completion is called exactly once, on any thread,
/// and must not block.
package final class Engine: Sendable {
    /// How the engine behaves.
    package let configuration: EngineConfiguration
    private let store: any JobStore
    private let signals: any JobSignals
    private let logger: Logger
    private let state: NIOLockedValueBox<State>
    private let timer: NIOLockedValueBox<EngineTimer?>

    private struct State {
        var machine: EngineMachine
        var isPerforming = false
        var armedAt: MonotonicTime?
        var isStopped = false
        var idleWaiters: [@Sendable () -> Void] = []

        /// Whether the timer is to be armed anew, since something is due before it is armed for.
        mutating func mustArm() -> Bool {
            guard !isStopped, let next = machine.nextTick() else { return false }
            if let armedAt, armedAt <= next { return false }
            armedAt = next
            return true
        }

        mutating func takeIdleWaiters() -> [@Sendable () -> Void] {
            guard !idleWaiters.isEmpty, machine.isIdle else { return [] }
            defer { idleWaiters = [] }
            return idleWaiters
        }
    }

    /// Makes an engine at rest.
    package init(
        configuration: EngineConfiguration,
        store: any JobStore,
        signals: any JobSignals,
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.signals = signals
        self.logger = logger
        state = NIOLockedValueBox(
            State(machine: EngineMachine(configuration: configuration, now: .now))
        )
        timer = NIOLockedValueBox(nil)
    }

    /// The instance's name.
    package var instance: String { configuration.instance }

    /// The node's name.
    package var node: String { configuration.node }

    // MARK: Life

    /// Begins to listen, to keep pace, and to claim for what is attached.
    package func start() {
        timer.withLockedValue { timer in
            timer = EngineTimer { [weak self] in self?.tick() }
        }
        signals.listen { [weak self] signal in
            self?.step { $0.received(signal, now: $1) }
        }
        tick()
    }

    /// Claims no more and refuses new calls; what runs may finish, and open waits stay.
    package func beginDrain() {
        step { $0.beginDrain(now: $1) }
    }

    /// Returns once nothing runs here and every outcome is written.
    package func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLockedValue { state in
                if state.machine.isIdle { return true }
                state.idleWaiters.append { continuation.resume() }
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Gives back what still runs, ends all waits, leaves the register, and stops; returns once that is written, or
    /// could not be within `patience`.
    package func stop(patience: Duration = .seconds(3)) async {
        step { $0.end(now: $1) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitUntilIdle() }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            releaseIdleWaiters()
            group.cancelAll()
        }
        state.withLockedValue { $0.isStopped = true }
        timer.withLockedValue { timer in
            timer?.cancel()
            timer = nil
        }
        signals.stop()
    }

    private func releaseIdleWaiters() {
        let waiters = state.withLockedValue { state in
            defer { state.idleWaiters = [] }
            return state.idleWaiters
        }
        for resume in waiters { resume() }
    }

    // MARK: Calls

    /// Several calls follow at once, which are to go in one batch; ``endGathering()`` must come right after them.
    package func beginGathering() {
        state.withLockedValue { $0.machine.gather() }
    }

    /// What was gathered may go.
    package func endGathering() {
        step { $0.gathered(now: $1) }
    }

    /// Inserts checked jobs, all or none, and answers a relay for each.
    package func async(_ jobs: [NewJob], then reply: @escaping AsyncReply) {
        step { $0.async(jobs, now: $1, reply: reply) }
    }

    /// Waits for the answer of a relay.
    package func await(
        _ relay: RelayHandle,
        options: AwaitOptions,
        then reply: @escaping AwaitReply
    ) -> WaitID {
        step { $0.await(relay, options: options, now: $1, reply: reply) }
    }

    /// Waits for the answers of many relays; `receive` gets the events in order, the last one is `finished`.
    package func awaitMany(
        _ relays: [RelayHandle],
        options: AwaitManyOptions,
        receive: @escaping AwaitManyReply
    ) -> WaitID {
        step { $0.awaitMany(relays, options: options, now: $1, reply: receive) }
    }

    /// Inserts a checked job and waits for its answer.
    package func call(
        _ job: NewJob,
        options: AwaitOptions,
        then reply: @escaping AwaitReply
    ) -> WaitID {
        step { $0.call(job, options: options, now: $1, reply: reply) }
    }

    /// The caller of a wait has left; nothing more arrives for it.
    package func abandon(_ wait: WaitID) {
        step { $0.abandon(wait, now: $1) }
    }

    /// Cancels a job, wherever it is.
    package func cancel(_ relay: RelayHandle, then reply: @escaping CancelReply) {
        step { $0.cancel(relay, now: $1, reply: reply) }
    }

    // MARK: Executors

    /// Attaches an executor, with how many jobs of each queue it runs at once.
    package func attach(_ executor: any JobExecutor, queues: [String: Int]) -> ExecutorID {
        step { $0.attach(executor, queues: queues, now: $1) }
    }

    /// Gives the executor no more jobs.
    package func drain(_ executor: ExecutorID) {
        step { $0.drain(executor, now: $1) }
    }

    /// The executor is gone: the attempts that it had go back at once.
    package func detach(_ executor: ExecutorID, reason: String = "the executor was lost") {
        step { $0.detach(executor, reason: reason, now: $1) }
    }

    /// An attempt has ended; answers whether that was accepted, or fenced off since another attempt owns the job.
    package func finish(
        _ key: AttemptKey,
        by executor: ExecutorID,
        _ outcome: ExecutionOutcome,
        then reply: @escaping FinishReply
    ) {
        step { $0.finish(key, by: executor, outcome, now: $1, reply: reply) }
    }

    /// Several attempts of one executor have ended; nobody asks what becomes of their outcomes.
    package func finish(_ ended: [(AttemptKey, ExecutionOutcome)], by executor: ExecutorID) {
        step { machine, now in
            machine.gather()
            for (key, outcome) in ended {
                machine.finish(key, by: executor, outcome, now: now, reply: nil)
            }
            machine.gathered(now: now)
        }
    }

    /// A running attempt reports progress; best effort.
    package func progress(_ key: AttemptKey, by executor: ExecutorID, _ value: RelayValue) {
        step { $0.progress(key, by: executor, value, now: $1) }
    }

    // MARK: The shell

    private func tick() {
        state.withLockedValue { $0.armedAt = nil }
        step { $0.tick(now: $1) }
    }

    @discardableResult
    private func step<Value>(_ input: (inout EngineMachine, MonotonicTime) -> Value) -> Value {
        let (value, mayPerform) = state.withLockedValue { state in
            let value = input(&state.machine, .now)
            let mayPerform = !state.isPerforming
            state.isPerforming = true
            return (value, mayPerform)
        }
        if mayPerform { performAll() }
        return value
    }

    private enum Next {
        case perform([EngineAction])
        case rest(arm: Bool, idle: [@Sendable () -> Void])
    }

    private func performAll() {
        while true {
            let next = state.withLockedValue { state -> Next in
                if state.machine.hasActions { return .perform(state.machine.takeActions()) }
                state.isPerforming = false
                return .rest(arm: state.mustArm(), idle: state.takeIdleWaiters())
            }
            switch next {
            case .perform(let actions):
                for action in actions { perform(action) }
            case .rest(let mustArm, let idle):
                if mustArm { armTimer() }
                for resume in idle { resume() }
                return
            }
        }
    }

    /// Two threads may come here at once: whoever is last arms for what is due by then.
    private func armTimer() {
        timer.withLockedValue { timer in
            if let time = state.withLockedValue({ $0.armedAt }) { timer?.arm(at: time) }
        }
    }

    private func perform(_ action: EngineAction) {
        switch action {
        case .relays(let reply, let result): reply(result)
        case .answer(let reply, let result): reply(result)
        case .events(let reply, let events): reply(events)
        case .cancelled(let reply, let result): reply(result)
        case .finished(let reply, let result): reply(result)
        case .run(let executor, let jobs): executor.run(jobs)
        case .stop(let executor, let key): executor.cancel(key)
        case .log(let note): logger.record(note, instance: instance)
        case .resetSignals: signals.reset()
        case .send(let batch):
            signals.send(batch) { _ in self.step { $0.sent(now: $1) } }
        case .store(let operation): ask(operation)
        }
    }

    private func ask(_ operation: StoreOperation) {
        switch operation {
        case .insert(let batch):
            store.insert(batch) { results in self.step { $0.inserted(results, now: $1) } }
        case .claim(let request):
            store.claim(request) { result in self.step { $0.claimed(request, result, now: $1) } }
        case .finish(let batch):
            store.finish(batch) { results in self.step { $0.finishEnded(results, now: $1) } }
        case .read(let ids):
            store.lookup(ids) { result in self.step { $0.readEnded(result, now: $1) } }
        case .cancel(let targets):
            store.cancel(targets) { result in self.step { $0.cancelEnded(result, now: $1) } }
        case .stage(let limit):
            store.stage(limit: limit) { result in self.step { $0.staged(result, now: $1) } }
        case .beat(let beat):
            store.beat(beat) { result in self.step { $0.beatEnded(result, now: $1) } }
        case .rescue(let request):
            store.rescue(request) { result in self.step { $0.rescued(result, now: $1) } }
        case .prune(let retention, let limit):
            store.prune(olderThan: retention, limit: limit) { result in
                self.step { $0.pruned(result, now: $1) }
            }
        }
    }
}
