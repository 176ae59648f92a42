package import RelayCore
package import RelayEngine

/// A node of a `World`: an engine's machine, and what performs its actions.
package final class WorldNode {
    /// The node's name.
    package let name: String
    private var machine: EngineMachine
    /// What an operator would have read.
    package private(set) var notes: [EngineNote] = []
    /// What was asked of the table, in order.
    package private(set) var operations: [StoreOperation] = []
    /// The hints that were sent, in order.
    package private(set) var sent: [OutgoingSignal] = []
    /// How often the machine ticked.
    package private(set) var ticks = 0
    /// How often new signal connections were asked for.
    package private(set) var signalResets = 0
    /// Whether hints arrive; a deaf node's connection looks alive.
    package var isDeaf = false
    /// Whether the process runs at all.
    package private(set) var isAlive = true

    let session: WorldSession
    private unowned let world: World
    private var executors: [ObjectIdentifier: ExecutorID] = [:]
    private var holds: [OperationKind: HeldPart] = [:]
    private var heldOperations: [StoreOperation] = []
    private var heldAnswers: [(OperationKind, WorldSession.Input)] = []
    private var isFrozen = false
    /// The next read is not carried out, for a planted bug.
    private var skipsRead = false
    private var frozen: [WorldSession.Input] = []

    init(world: World, configuration: EngineConfiguration, number: Int) {
        self.world = world
        name = configuration.node
        session = WorldSession(name: "\(configuration.node)#\(number)")
        machine = EngineMachine(configuration: configuration, now: world.now)
    }

    /// The name of the node's session in the register.
    package var sessionName: String { session.name }

    /// Whether the engine has nothing left to do for others.
    package var isIdle: Bool { machine.isIdle }
    /// What the engine holds.
    package var gauges: EngineGauges { machine.gauges }

    var nextTick: MonotonicTime? { isAlive && !isFrozen ? machine.nextTick() : nil }

    func countTick() { ticks += 1 }

    func settleWorld() { world.settle() }

    // MARK: Inputs

    /// Gives the machine an input and performs what follows from it.
    @discardableResult
    package func input<Value>(_ body: (inout EngineMachine, MonotonicTime) -> Value) -> Value {
        let value = body(&machine, world.now)
        while machine.hasActions {
            for action in machine.takeActions() { perform(action) }
        }
        skipsRead = false
        return value
    }

    /// An answer or a hint arrives, unless the process is dead; a frozen one hears it later.
    func deliver(_ body: @escaping WorldSession.Input) {
        guard isAlive else { return }
        if isFrozen {
            frozen.append(body)
        } else {
            input(body)
        }
    }

    /// A hint arrives, unless the node is deaf.
    package func hear(_ signal: IncomingSignal) {
        guard !isDeaf else { return }
        deliver { [self] machine, now in
            machine.received(signal, now: now)
            skipsRead = signal == .gap && world.bug == .noSweepAfterReconnect
        }
    }

    // MARK: Life

    /// The process dies at once: nobody it served hears anything more.
    package func crash() {
        isAlive = false
        world.table.disconnect(session.name)
    }

    /// The process stops running, with its connections open.
    package func freeze() { isFrozen = true }

    /// The process runs again, and hears all that came meanwhile.
    package func thaw() {
        isFrozen = false
        let missed = frozen
        frozen = []
        guard isAlive else { return }
        for body in missed { input(body) }
        world.settle()
    }

    // MARK: Holding back

    /// Holds back operations of a kind from now on.
    package func hold(_ kind: OperationKind, _ part: HeldPart = .everything) {
        holds[kind] = part
    }

    /// Lets what was held happen, and holds no more of its kind.
    package func release(_ kind: OperationKind, fate: OperationFate = .atOnce) {
        holds[kind] = nil
        let operations = heldOperations.filter { $0.kind == kind }
        heldOperations.removeAll { $0.kind == kind }
        for operation in operations {
            world.ask(operation, of: self, fate: fate, holdingAnswer: false)
        }
        let answers = heldAnswers.filter { $0.0 == kind }
        heldAnswers.removeAll { $0.0 == kind }
        for (_, input) in answers { deliver(input) }
        world.settle()
    }

    func hold(answer: @escaping WorldSession.Input, of kind: OperationKind) {
        heldAnswers.append((kind, answer))
    }

    // MARK: Actions

    private func perform(_ action: EngineAction) {
        switch action {
        case .store(let operation): ask(operation)
        case .send(let signals):
            sent += signals
            world.send(signals, from: self)
        case .resetSignals: resetSignals()
        case .run(let executor, let jobs): run(executor, jobs)
        case .stop(let executor, let key): executor.cancel(key)
        case .relays(let reply, let result): reply(result)
        case .answer(let reply, let result): reply(result)
        case .events(let reply, let events): reply(events)
        case .cancelled(let reply, let result): reply(result)
        case .finished(let reply, let result): reply(result)
        case .log(let note): notes.append(note)
        }
    }

    private func ask(_ operation: StoreOperation) {
        operations.append(operation)
        if skipsRead, case .read = operation {
            world.ask(operation, of: self, fate: .unavailable(after: .zero), holdingAnswer: false)
            return
        }
        switch holds[operation.kind] {
        case .everything: heldOperations.append(operation)
        case .answers: world.ask(operation, of: self, fate: .atOnce, holdingAnswer: true)
        case nil: world.ask(operation, of: self)
        }
    }

    private func resetSignals() {
        signalResets += 1
        world.schedule(after: .zero) { [self] in
            deliver { $0.received(.lost, now: $1) }
            guard !isDeaf else { return }
            deliver { $0.received(.gap, now: $1) }
        }
    }

    private func run(_ executor: any JobExecutor, _ jobs: [ClaimedJob]) {
        executor.run(jobs)
        guard let scripted = executor as? ScriptedExecutor else { return }
        for job in scripted.takeFresh() {
            switch scripted.script(job) {
            case .keep: break
            case .finish(let outcome): end(job, of: scripted, outcome, after: .zero)
            case .finishAfter(let delay, let outcome):
                end(job, of: scripted, outcome, after: delay)
            }
        }
    }

    private func end(
        _ job: ClaimedJob,
        of executor: ScriptedExecutor,
        _ outcome: ExecutionOutcome,
        after delay: Duration
    ) {
        world.schedule(after: delay) { [self] in
            guard let id = executors[ObjectIdentifier(executor)] else { return }
            deliver { $0.finish(job.key, by: id, outcome, now: $1) { executor.hear(job, $0) } }
        }
    }

    // MARK: Executors

    /// Attaches an executor.
    package func attach(_ executor: ScriptedExecutor, queues: [String: Int] = ["default": 10]) {
        executors[ObjectIdentifier(executor)] = input {
            $0.attach(executor, queues: queues, now: $1)
        }
        world.settle()
    }

    /// The id under which an executor is attached; nil if it isn't.
    package func id(of executor: ScriptedExecutor) -> ExecutorID? {
        executors[ObjectIdentifier(executor)]
    }

    /// The executor is lost.
    package func detach(_ executor: ScriptedExecutor, reason: String = "the executor was lost") {
        guard let id = executors.removeValue(forKey: ObjectIdentifier(executor)) else { return }
        input { $0.detach(id, reason: reason, now: $1) }
        world.settle()
    }

    /// An attempt that the executor kept has ended; the recorder hears whether that was accepted.
    @discardableResult
    package func finish(
        _ key: AttemptKey,
        of executor: ScriptedExecutor,
        _ outcome: ExecutionOutcome
    ) -> Recorder<Result<Bool, RelayError>> {
        let recorder = Recorder<Result<Bool, RelayError>>()
        if let id = executors[ObjectIdentifier(executor)] {
            input { $0.finish(key, by: id, outcome, now: $1) { recorder.add($0) } }
            world.settle()
        }
        return recorder
    }

    /// An attempt reports progress.
    package func progress(
        _ key: AttemptKey,
        of executor: ScriptedExecutor,
        _ value: RelayValue
    ) {
        guard let id = executors[ObjectIdentifier(executor)] else { return }
        input { $0.progress(key, by: id, value, now: $1) }
        world.settle()
    }
}
