import NIOConcurrencyHelpers
import RelayCore
import RelayEngine
import RelayTestSupport

/// One random history of nodes, callers, executors and faults, the same for the same seed.
///
/// First anything may happen. Then all is mended, every job comes to its end, and what was promised is checked.
final class Schedule {
    /// What a caller was told, and when.
    final class Reply<Value: Sendable>: Sendable {
        private let box = NIOLockedValueBox<[(MonotonicTime, Value)]>([])

        var all: [(time: MonotonicTime, value: Value)] {
            box.withLockedValue { $0.map { (time: $0.0, value: $0.1) } }
        }

        func add(_ value: Value, at time: MonotonicTime) {
            box.withLockedValue { $0.append((time, value)) }
        }
    }

    /// A wait, and by when it must be over.
    struct Wait {
        var node: WorldNode
        var deadline: MonotonicTime
        var reply: Reply<Result<AwaitAnswer, RelayError>>
    }

    /// An `AwaitMany`, and by when it must be over.
    struct ManyWait {
        var node: WorldNode
        var count: Int
        var deadline: MonotonicTime
        var events: Reply<[AwaitManyEvent]>
    }

    /// An insertion, and what it was answered.
    struct Insertion {
        var jobs: [NewJob]
        var reply: Reply<Result<[RelayHandle], RelayError>>
    }

    let seed: UInt64
    let world = World()
    let hasFaults: Bool
    private(set) var waits: [Wait] = []
    private(set) var manyWaits: [ManyWait] = []
    private(set) var insertions: [Insertion] = []
    private(set) var executors: [ScriptedExecutor] = []
    /// The nodes that answered late or never, since they were dead or frozen for a while.
    private(set) var disturbed: Set<String> = []
    private var attached: [(node: WorldNode, executor: ScriptedExecutor)] = []
    private var random: SeededGenerator
    private var nodeCount = 0

    private static let steps = 30
    private static let maxStep = 400
    private static let maxNodes = 4

    init(seed: UInt64, bug: PlantedBug? = nil) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        hasFaults = seed % 8 != 0
        world.bug = bug
        world.table.isFenced = bug != .noFence
    }

    /// Runs it; what is wrong afterwards, in words.
    func run() -> [String] {
        for _ in 0..<2 { addNode() }
        if hasFaults { plantFaults() }
        for _ in 0..<Self.steps where !world.isSpinning {
            step()
            world.advance(by: .milliseconds(number(0...Self.maxStep)))
        }
        heal()
        var wrong = Promises(schedule: self).broken()
        wrong += calm()
        return wrong
    }

    var liveNodes: [WorldNode] { world.nodes.filter(\.isAlive) }

    /// The relays that somebody was given.
    var relays: [RelayHandle] {
        insertions.flatMap { $0.reply.all.flatMap { (try? $0.value.get()) ?? [] } }
    }

    // MARK: Chance

    private func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private func chance(_ percent: Int) -> Bool { number(1...100) <= percent }
    private func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[number(0...(elements.count - 1))]
    }

    // MARK: Nodes and executors

    private func addNode() {
        nodeCount += 1
        let seed = seed &* 31 &+ UInt64(nodeCount)
        let node = world.addNode("node-\(nodeCount)") {
            $0.seed = seed
            $0.retry = RetryPolicy(minimumPadding: .milliseconds(500), scale: 0.1)
        }
        attach(to: node)
    }

    private func attach(to node: WorldNode) {
        let seed = seed
        let executor = ScriptedExecutor { Script.step(of: $0, seed: seed) }
        executors.append(executor)
        node.attach(executor, queues: ["default": number(1...6)])
        attached.append((node, executor))
    }

    // MARK: Faults

    private func plantFaults() {
        world.fate = { [self] kind, _ in
            switch number(1...100) {
            case ...70:
                .answered(
                    effect: .milliseconds(number(0...20)),
                    answer: .milliseconds(number(0...20))
                )
            case ...78:
                .answered(
                    effect: .milliseconds(number(0...1_500)),
                    answer: .milliseconds(number(0...1_500))
                )
            case ...86: .unavailable(after: .milliseconds(number(0...300)))
            case ...91: .unknown(after: .milliseconds(number(0...200)), effect: nil)
            case ...96: .unknown(after: .milliseconds(number(0...200)), effect: .zero)
            default: .unknown(after: .zero, effect: .milliseconds(number(0...500)))
            }
        }
        world.arrival = { [self] _, _ in
            switch number(1...100) {
            case ...50: [.milliseconds(number(0...5))]
            case ...70: []
            case ...85: [.milliseconds(number(0...50)), .milliseconds(number(0...800))]
            default: [.milliseconds(number(0...3_000))]
            }
        }
    }

    private func disturb() {
        guard let node = pick(liveNodes) else { return }
        switch number(1...8) {
        case 1 where liveNodes.count > 1:
            disturbed.insert(node.name)
            attached.removeAll { $0.node === node }
            node.crash()
        case 2 where nodeCount < Self.maxNodes:
            addNode()
        case 3:
            disturbed.insert(node.name)
            node.freeze()
            world.schedule(after: .milliseconds(number(100...14_000))) { node.thaw() }
        case 4:
            if let place = attached.firstIndex(where: { $0.node === node }) {
                node.detach(attached.remove(at: place).executor)
            }
        case 5:
            attach(to: node)
        case 6:
            node.isDeaf.toggle()
        case 7:
            node.hear(.lost)
            world.schedule(after: .milliseconds(number(0...2_000))) { node.hear(.gap) }
        default:
            forge(at: node)
        }
    }

    /// Whatever any role of the database can send.
    private func forge(at node: WorldNode) {
        let jobs = (0..<3).map { _ in Int64(number(1...60)) }
        node.hear(.settled(jobs: jobs))
        node.hear(.available(queue: "default"))
        node.hear(.hello(node: "forged", nonce: UInt64(number(0...9))))
        node.hear(.progress(job: jobs[0], attempt: 1, value: .json("1")))
        node.hear(.junk)
    }

    // MARK: Callers

    private func step() {
        guard let node = pick(liveNodes) else { return }
        switch number(1...10) {
        case 1...3: insert(at: node)
        case 4...5: call(at: node)
        case 6: wait(at: node)
        case 7: waitForMany(at: node)
        case 8:
            if chance(40), let relay = pick(relays) {
                node.input { $0.cancel(relay, now: $1) { _ in } }
                world.settle()
            }
        default: if hasFaults { disturb() }
        }
    }

    private func job() -> NewJob {
        var job = NewJob(worker: "W", priority: number(0...3), maxAttempts: 5)
        if chance(30) { job.schedule = .after(.milliseconds(number(0...2_000))) }
        if chance(30) { job.idempotencyKey = "key-\(number(1...8))" }
        if chance(5) { job.expiresIn = .milliseconds(number(1...500)) }
        return job
    }

    private func insert(at node: WorldNode) {
        // The same key means the same job, so those go alone.
        let jobs =
            chance(50)
            ? [job()] : (0..<number(1...4)).map { _ in NewJob(worker: "W", maxAttempts: 5) }
        let reply = Reply<Result<[RelayHandle], RelayError>>()
        let clock = world.clock
        node.input {
            $0.async(jobs, now: $1) { reply.add($0, at: clock.withLockedValue { $0 }) }
        }
        world.settle()
        insertions.append(Insertion(jobs: jobs, reply: reply))
    }

    private func options() -> AwaitOptions {
        AwaitOptions(
            timeout: .milliseconds(number(0...6_000)),
            withRetries: chance(50),
            cancelOn: chance(10) ? .timeout : .never
        )
    }

    private func call(at node: WorldNode) {
        let (job, options) = (job(), options())
        record(options, at: node) { reply, clock in
            node.input {
                _ = $0.call(job, options: options, now: $1) {
                    reply.add($0, at: clock.withLockedValue { $0 })
                }
            }
        }
    }

    private func wait(at node: WorldNode) {
        guard let relay = pick(relays) else { return }
        let options = options()
        record(options, at: node) { reply, clock in
            node.input {
                _ = $0.await(relay, options: options, now: $1) {
                    reply.add($0, at: clock.withLockedValue { $0 })
                }
            }
        }
    }

    private func record(
        _ options: AwaitOptions,
        at node: WorldNode,
        _ begin: (Reply<Result<AwaitAnswer, RelayError>>, NIOLockedValueBox<MonotonicTime>) -> Void
    ) {
        let reply = Reply<Result<AwaitAnswer, RelayError>>()
        let deadline = world.now + (options.timeout ?? .zero)
        waits.append(Wait(node: node, deadline: deadline, reply: reply))
        begin(reply, world.clock)
        world.settle()
    }

    private func waitForMany(at node: WorldNode) {
        let relays = relays
        guard !relays.isEmpty else { return }
        let chosen = (0..<number(1...6)).compactMap { _ in pick(relays) }
        let options = AwaitManyOptions(
            timeout: .milliseconds(number(0...6_000)),
            withRetries: chance(50)
        )
        let events = Reply<[AwaitManyEvent]>()
        let clock = world.clock
        let deadline = world.now + (options.timeout ?? .zero)
        manyWaits.append(
            ManyWait(node: node, count: chosen.count, deadline: deadline, events: events)
        )
        node.input {
            _ = $0.awaitMany(chosen, options: options, now: $1) {
                events.add($0, at: clock.withLockedValue { $0 })
            }
        }
        world.settle()
    }

    // MARK: The end

    private func heal() {
        world.fate = { _, _ in .atOnce }
        world.arrival = { _, _ in [.zero] }
        for node in liveNodes {
            node.thaw()
            node.isDeaf = false
            node.hear(.gap)
        }
        if let node = liveNodes.first { attach(to: node) }
        // What was under way as all was mended still arrives.
        world.advance(by: .seconds(3))
        _ = world.advance(atMost: .seconds(300)) { [self] in
            world.table.rows.values.allSatisfy(\.state.isTerminal)
        }
        // Waits that are open still run into their timeouts, and attempts that were fenced off end.
        world.advance(by: .seconds(10))
    }

    /// Nothing fails any more, but a listener is away for a moment: then answers must be prompt.
    private func calm() -> [String] {
        var wrong: [String] = []
        for _ in 0..<3 {
            guard let node = liveNodes.first, let other = liveNodes.last else { return wrong }
            let runner = ScriptedExecutor()
            other.attach(runner, queues: ["calm": 1])
            // Where its queue is served, though by nobody who is free, a job isn't taken for a stranger's.
            let idler = ScriptedExecutor()
            if node !== other { node.attach(idler, queues: ["calm": 0]) }
            world.advance(by: .milliseconds(300))
            guard let relay = other.relay(NewJob(worker: "W", queue: "calm")),
                let job = runner.log.given.first
            else { return wrong + ["calm: a job was not run at once"] }

            let reply = Reply<Result<AwaitAnswer, RelayError>>()
            let clock = world.clock
            let isDeafFirst = chance(50)
            let silence = number(100...700)
            if isDeafFirst { node.isDeaf = true }
            world.advance(by: .milliseconds(number(0...300)))
            node.input {
                _ = $0.await(relay, options: AwaitOptions(timeout: .seconds(30)), now: $1) {
                    reply.add($0, at: clock.withLockedValue { $0 })
                }
            }
            world.settle()
            world.advance(by: .milliseconds(number(0...50)))
            other.finish(job.key, of: runner, .ok(.json("1")))
            if isDeafFirst {
                world.advance(by: .milliseconds(silence))
                node.isDeaf = false
                node.hear(.gap)
            }
            let since = world.now
            world.advance(by: .seconds(5))
            other.detach(runner)
            node.detach(idler)
            guard let answered = reply.all.first else {
                wrong.append("calm: a wait was not answered")
                continue
            }
            if answered.time - since > Promises.promptness {
                wrong.append("calm: an answer took \(answered.time - since)")
            }
        }
        return wrong
    }
}
