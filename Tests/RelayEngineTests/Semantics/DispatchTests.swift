import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Direct dispatch")
struct DispatchTests {
    let world = World()

    /// A node whose executor is attached, and whose queue was found empty.
    private func node(slots: Int, _ executor: ScriptedExecutor) -> WorldNode {
        let node = world.addNode()
        node.attach(executor, queues: ["default": slots])
        world.advance(by: .milliseconds(100))
        return node
    }

    private func claims(of node: WorldNode) -> Int {
        node.operations.count { if case .claim = $0 { true } else { false } }
    }

    @Test("a job for which a slot is free is inserted as executing, and no claim is needed")
    func dispatched() {
        let executor = ScriptedExecutor { _ in .finish(.ok(.json("1"))) }
        let node = node(slots: 2, executor)
        let before = claims(of: node)
        let call = node.call()
        #expect(call.outcome == .ok(.json("1")))
        #expect(call.answer?.attempt == 1)
        #expect(claims(of: node) == before)
    }

    @Test("what the executor gets is what the caller sent")
    func whatIsGiven() throws {
        let executor = ScriptedExecutor()
        let node = node(slots: 1, executor)
        _ = node.async([NewJob(worker: "W", args: #"{"a":1}"#, priority: 3, maxAttempts: 7)])
        let job = try #require(executor.log.given.first)
        #expect(job.worker == "W")
        #expect(job.args == #"{"a":1}"#)
        #expect(job.priority == 3)
        #expect(job.maxAttempts == 7)
        #expect(job.attempt == 1)
    }

    @Test("jobs of one batch for which there are too few slots wait in Oban's order instead")
    func tooMany() {
        let executor = ScriptedExecutor()
        let node = node(slots: 2, executor)
        _ = node.async([
            NewJob(worker: "late", priority: 9), NewJob(worker: "second", priority: 1),
            NewJob(worker: "first"),
        ])
        #expect(executor.log.given.map(\.worker) == ["first", "second"])
    }

    @Test("a job does not pass those that wait in its queue")
    func noPassing() throws {
        let executor = ScriptedExecutor()
        let node = node(slots: 1, executor)
        _ = node.async([NewJob(worker: "running")])
        _ = node.async([NewJob(worker: "waiting")])
        node.hold(.claim)
        let first = try #require(executor.log.given.first)
        node.finish(first.key, of: executor, .ok(.null))
        _ = node.async([NewJob(worker: "newest")])
        node.release(.claim)
        #expect(executor.log.given.map(\.worker) == ["running", "waiting"])
    }

    @Test("what another node put into the queue untold runs after the next poll at the latest")
    func untold() throws {
        let executor = ScriptedExecutor { _ in .finishAfter(.milliseconds(20), .ok(.null)) }
        let node = node(slots: 2, executor)
        let foreign = world.table.insertForeign(NewJob(worker: "foreign"))
        for _ in 0..<400 {
            _ = node.relay()
            world.advance(by: .milliseconds(5))
        }
        #expect(executor.log.given.contains { $0.id == foreign })
    }

    @Test("goes on after jobs had to wait, once their queue is empty again")
    func resumes() {
        let executor = ScriptedExecutor { _ in .finishAfter(.milliseconds(5), .ok(.null)) }
        let node = node(slots: 10, executor)
        _ = node.async((0..<50).map { _ in NewJob(worker: "W") })
        world.advance(by: .milliseconds(100))
        // The database takes its time, so that some insertion is always under way.
        world.fate = { _, _ in .answered(effect: .milliseconds(1), answer: .milliseconds(1)) }
        for _ in 0..<20 {
            _ = node.relay()
            world.advance(by: .milliseconds(1))
        }
        let before = claims(of: node)
        for _ in 0..<100 {
            _ = node.relay()
            world.advance(by: .milliseconds(1))
        }
        #expect(claims(of: node) - before <= 2)
    }

    @Test("not into a queue that is paused")
    func paused() {
        let executor = ScriptedExecutor()
        let node = node(slots: 5, executor)
        node.hear(.control(.pause, queue: "default"))
        _ = node.async([NewJob(worker: "W")])
        #expect(executor.log.given.isEmpty)
        #expect(world.table.rows[1]?.state == .available)
    }

    @Test("not while the node drains")
    func draining() {
        let executor = ScriptedExecutor()
        let node = node(slots: 5, executor)
        node.hold(.insert)
        _ = node.async([NewJob(worker: "under way")])
        _ = node.async([NewJob(worker: "gathered")])
        node.input { $0.beginDrain(now: $1) }
        node.release(.insert)
        world.settle()
        #expect(executor.log.given.map(\.worker) == [])
        #expect(world.table.rows[2]?.state == .available)
    }

    @Test("an executor that leaves meanwhile: the job goes back and the attempt does not count")
    func goneMeanwhile() {
        let executor = ScriptedExecutor()
        let node = node(slots: 5, executor)
        node.hold(.insert, .answers)
        _ = node.async([NewJob(worker: "W")])
        #expect(world.table.rows[1]?.state == .executing)
        node.detach(executor)
        node.release(.insert)
        #expect(world.table.rows[1]?.state == .available)
        #expect(world.table.rows[1]?.attempt == 0)
    }

    @Test("an insertion with an unknown end: its jobs are found as strays, given back and run")
    func unknownEnd() {
        let executor = ScriptedExecutor { _ in .finish(.ok(.null)) }
        let node = node(slots: 5, executor)
        world.fate = { kind, _ in
            kind == .insert ? .unknown(after: .zero, effect: .zero) : .atOnce
        }
        let insert = node.async([NewJob(worker: "W")])
        #expect(throws: RelayError.self) { try insert.values.first?.get() }
        #expect(world.table.rows[1]?.state == .executing)
        world.fate = { _, _ in .atOnce }
        world.advance(by: .seconds(15))
        #expect(world.table.rows[1]?.state == .completed)
        #expect(world.table.rows[1]?.attempt == 2)
    }

    @Test("while its insertion is under way a job is no stray")
    func noStray() {
        let executor = ScriptedExecutor { _ in .finish(.ok(.null)) }
        let node = node(slots: 5, executor)
        node.hold(.insert, .answers)
        _ = node.async([NewJob(worker: "W")])
        world.advance(by: .seconds(30))
        #expect(world.table.rows[1]?.state == .executing)
        node.release(.insert)
        #expect(world.table.rows[1]?.state == .completed)
        #expect(world.table.rows[1]?.attempt == 1)
    }
}
