import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Hints")
struct HintTests {
    let world = World()

    /// A job that runs on node `a`, awaited on node `b`.
    private func pair() throws -> (WorldNode, WorldNode, ScriptedExecutor, RelayHandle) {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        return (node, other, executor, relay)
    }

    private func finish(_ relay: RelayHandle, _ executor: ScriptedExecutor, _ node: WorldNode) {
        node.finish(AttemptKey(jobID: relay.jobID, attempt: 1), of: executor, .ok(.json("1")))
    }

    @Test("answer a wait on another node at once")
    func byHint() throws {
        let (node, other, executor, relay) = try pair()
        let wait = other.await(relay)
        finish(relay, executor, node)
        #expect(wait.outcome == .ok(.json("1")))
    }

    @Test("that are lost: the sweep finds the answer within two seconds")
    func bySweep() throws {
        let (node, other, executor, relay) = try pair()
        world.arrival = { signal, _ in if case .settled = signal { [] } else { [.zero] } }
        other.attach(ScriptedExecutor(), queues: ["default": 1])
        let wait = other.await(relay)
        finish(relay, executor, node)
        #expect(!wait.isOver)
        world.advance(by: .seconds(2))
        #expect(wait.outcome == .ok(.json("1")))
    }

    @Test("are not needed for a queue that nobody here serves: it is looked at five times a second")
    func foreign() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay)
        world.advance(by: .milliseconds(700))
        world.table.change(relay.jobID) { $0.state = .completed }
        world.advance(by: .milliseconds(300))
        #expect(wait.outcome == .ok(.null))
    }

    @Test("that arrive twice or late answer once")
    func doubledAndLate() throws {
        let (node, other, executor, relay) = try pair()
        world.arrival = { _, _ in [.milliseconds(300), .milliseconds(900)] }
        let wait = other.await(relay)
        finish(relay, executor, node)
        world.advance(by: .seconds(5))
        #expect(wait.replies.values.count == 1)
    }

    @Test("of jobs that nobody waits for cost no read")
    func unawaited() throws {
        let (node, other, executor, relay) = try pair()
        let before = other.operations.filter { $0.kind == .read }.count
        finish(relay, executor, node)
        #expect(other.operations.filter { $0.kind == .read }.count == before)
    }

    @Test("are not sent where no other node is there to hear them")
    func alone() throws {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.ok(.null)) })
        world.advance(by: .seconds(30))
        #expect(node.call().isOver)
        #expect(!node.sent.contains { if case .settled = $0 { true } else { false } })
    }

    @Test("that do not come through are noticed, and polling speeds up until they do")
    func deaf() throws {
        let (node, other, executor, relay) = try pair()
        other.attach(ScriptedExecutor(), queues: ["default": 1])
        other.isDeaf = true
        world.advance(by: .seconds(8))
        #expect(other.notes.contains(.listenerSick))
        #expect(other.signalResets == 1)
        let wait = other.await(relay)
        world.advance(by: .milliseconds(400))
        finish(relay, executor, node)
        world.advance(by: .milliseconds(300))
        #expect(wait.outcome == .ok(.json("1")))
        other.isDeaf = false
        world.advance(by: .seconds(8))
        #expect(other.notes.contains(.listenerWell))
    }

    @Test("that may have been missed while the listener was away are made up for at once")
    func gap() throws {
        let (node, other, executor, relay) = try pair()
        other.attach(ScriptedExecutor(), queues: ["default": 1])
        let wait = other.await(relay)
        other.hear(.lost)
        other.isDeaf = true
        finish(relay, executor, node)
        #expect(!wait.isOver)
        other.isDeaf = false
        other.hear(.gap)
        world.settle()
        #expect(wait.outcome == .ok(.json("1")))
    }

    @Test("are heard of a job that ended before its call's insertion was processed here")
    func fasterThanItsInsertion() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor { _ in .finish(.ok(.json("1"))) }
        other.attach(executor)
        node.hold(.insert, .answers)
        let call = node.call()
        world.advance(by: .milliseconds(1_500))
        #expect(executor.log.given.count == 1)
        node.release(.insert)
        #expect(call.outcome == .ok(.json("1")))
    }

    @Test("of its own: a job that this node ran before it processed the insertion is answered too")
    func ownFasterThanInsertion() throws {
        let node = world.addNode("a")
        let executor = ScriptedExecutor { _ in .finish(.ok(.json("1"))) }
        node.attach(executor)
        node.hold(.insert, .answers)
        let call = node.call(.notDispatched)
        world.advance(by: .milliseconds(1_500))
        #expect(executor.log.given.count == 1)
        node.release(.insert)
        #expect(call.outcome == .ok(.json("1")))
    }

    @Test("a read that began before a wait registered cannot say that its job is missing")
    func earlyReadCannotSayMissing() throws {
        let node = world.addNode()
        node.hold(.read, .answers)
        let ref = RelayRef.random()
        let early = node.await(RelayHandle(jobID: 1, ref: ref))
        // The read of the first wait has been carried out; only now is the job inserted.
        _ = world.table.insert(
            InsertRequest(jobs: [JobInsert(job: NewJob(worker: "W"), ref: ref)]),
            session: "other"
        )
        let late = node.await(RelayHandle(jobID: 1, ref: ref))
        node.release(.read)
        #expect(early.failure?.reason == .notFound)
        #expect(!late.isOver)
    }

    @Test("a read that began before a wait registered cannot say that its job failed")
    func earlyReadCannotSayFailed() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        world.table.change(relay.jobID) {
            $0.state = .retryable
            $0.attempt = 1
        }
        node.hold(.read, .answers)
        let early = node.await(relay)
        world.table.change(relay.jobID) {
            $0.state = .executing
            $0.attempt = 2
        }
        let late = node.await(relay)
        node.release(.read)
        #expect(early.failure?.reason == .exception)
        #expect(!late.isOver)
    }

    @Test("from forged nodes by the thousand neither fill the memory nor the channel")
    func forgedNodes() {
        let node = world.addNode()
        world.advance(by: .seconds(20))
        let before = node.sent.count
        for number in 0..<5_000 { node.hear(.hello(node: "forged-\(number)", nonce: 1)) }
        world.advance(by: .seconds(5))
        #expect(node.sent.count - before < 20)
        #expect(node.notes.count < 2_000)
    }

    @Test("that nobody can read are ignored")
    func junk() {
        let node = world.addNode()
        let before = node.operations.count
        node.hear(.junk)
        node.hear(.settled(jobs: [1, 2, 3]))
        node.hear(.kill(job: 7))
        node.hear(.progress(job: 7, attempt: 1, value: .json("1")))
        node.hear(.available(queue: "nobody"))
        node.hear(.control(.scale(limit: 3), queue: nil))
        #expect(node.operations.count == before)
    }
}
