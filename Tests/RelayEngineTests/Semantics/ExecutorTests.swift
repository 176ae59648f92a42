import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Executors")
struct ExecutorTests {
    let world = World()

    @Test("are given no more jobs than they have slots, in Oban's order")
    func slots() {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        _ = node.async([
            NewJob(worker: "third", priority: 5), NewJob(worker: "second"),
            NewJob(worker: "fourth", priority: 9), NewJob(worker: "first"),
        ])
        world.table.change(4) { $0.scheduledAt -= 1_000_000 }
        node.attach(executor, queues: ["default": 3])
        #expect(executor.log.given.map(\.worker) == ["first", "second", "third"])
        node.finish(AttemptKey(jobID: 2, attempt: 1), of: executor, .ok(.null))
        #expect(executor.log.given.map(\.worker).last == "fourth")
    }

    @Test("share a queue by turns")
    func turns() {
        let node = world.addNode()
        let executors = [ScriptedExecutor(), ScriptedExecutor(), ScriptedExecutor()]
        for executor in executors { node.attach(executor, queues: ["default": 10]) }
        _ = node.async((0..<9).map { _ in NewJob(worker: "W") })
        #expect(executors.map(\.log.given.count) == [3, 3, 3])
    }

    @Test("on two nodes never get the same job")
    func twoNodes() {
        let nodes = [world.addNode("a"), world.addNode("b")]
        let executors = [ScriptedExecutor(), ScriptedExecutor()]
        for (node, executor) in zip(nodes, executors) {
            node.attach(executor, queues: ["default": 5])
        }
        _ = nodes[0].async((0..<10).map { _ in NewJob(worker: "W") })
        world.advance(by: .seconds(2))
        let ids = executors.flatMap { $0.log.given.map(\.id) }
        #expect(ids.count == 10)
        #expect(Set(ids).count == 10)
    }

    @Test("elsewhere hear at once of jobs for which there is no slot here")
    func offeredElsewhere() {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let here = ScriptedExecutor()
        let there = ScriptedExecutor()
        node.attach(here, queues: ["default": 1])
        other.attach(there, queues: ["default": 10])
        _ = node.async((0..<5).map { _ in NewJob(worker: "W") })
        #expect(here.log.given.count + there.log.given.count == 5)
    }

    @Test("that are lost: their attempts go back at once, are run again, and there is one answer")
    func lost() throws {
        let node = world.addNode()
        let first = ScriptedExecutor()
        node.attach(first)
        let call = node.call()
        let key = try #require(first.log.given.first?.key)
        let second = ScriptedExecutor { _ in .finish(.ok(.json("2"))) }
        node.attach(second)
        node.detach(first)
        #expect(second.log.given.map(\.attempt) == [2])
        #expect(call.outcome == .ok(.json("2")))
        #expect(call.answer?.attempt == 2)
        #expect(call.replies.values.count == 1)
        let row = try #require(world.table.rows[key.jobID])
        #expect(row.errors.map(\.exception.kind) == ["ExecutorLost"])
    }

    @Test("that are lost in the last attempt: the job is discarded")
    func lostInLastAttempt() {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let call = node.call(NewJob(worker: "W", maxAttempts: 1))
        node.detach(executor, reason: "the stream was lost")
        #expect(call.failure?.reason == .discarded)
        #expect(call.failure?.kind == "ExecutorLost")
        #expect(call.failure?.message == "the stream was lost")
    }

    @Test("that finish after they were lost are fenced off")
    func lateFinish() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let call = node.call()
        let key = try #require(executor.log.given.first?.key)
        let id = try #require(node.id(of: executor))
        node.detach(executor)
        let verdict = Recorder<Result<Bool, RelayError>>()
        node.input { $0.finish(key, by: id, .ok(.json("1")), now: $1) { verdict.add($0) } }
        world.settle()
        #expect(try verdict.values.map { try $0.get() } == [false])
        #expect(!call.isOver)
    }

    @Test("cannot finish an attempt that another one has")
    func foreignAttempt() throws {
        let node = world.addNode()
        let owner = ScriptedExecutor()
        node.attach(owner)
        let call = node.call()
        let key = try #require(owner.log.given.first?.key)
        let other = ScriptedExecutor()
        node.attach(other, queues: [:])
        let verdict = node.finish(key, of: other, .ok(.json("\"stolen\"")))
        #expect(try verdict.values.map { try $0.get() } == [false])
        #expect(!call.isOver)
        node.finish(key, of: owner, .ok(.json("1")))
        #expect(call.outcome == .ok(.json("1")))
    }

    @Test("that are drained get no more jobs but may finish what they have")
    func drain() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor, queues: ["default": 5])
        let call = node.call(NewJob(worker: "W"), AwaitOptions(timeout: .seconds(60)))
        let id = try #require(node.id(of: executor))
        node.input { $0.drain(id, now: $1) }
        _ = node.relay()
        world.advance(by: .seconds(5))
        #expect(executor.log.given.count == 1)
        node.finish(try #require(executor.log.given.first).key, of: executor, .ok(.json("1")))
        #expect(call.outcome == .ok(.json("1")))
    }

    @Test("that leave while a claim is under way: its jobs go back and the attempts do not count")
    func goneDuringClaim() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        world.advance(by: .milliseconds(100))
        node.hold(.claim, .answers)
        let relay = try #require(node.relay(.notDispatched))
        #expect(world.table.rows[relay.jobID]?.state == .executing)
        node.detach(executor)
        node.release(.claim)
        #expect(world.table.rows[relay.jobID]?.state == .available)
        #expect(world.table.rows[relay.jobID]?.attempt == 0)
        #expect(world.table.rows[relay.jobID]?.errors == [])
    }

    @Test("find a queue still paused that was paused before they came")
    func pausedBefore() {
        let node = world.addNode()
        let first = ScriptedExecutor()
        node.attach(first)
        node.hear(.control(.pause, queue: "default"))
        node.detach(first)
        let second = ScriptedExecutor()
        node.attach(second)
        _ = node.async([NewJob(worker: "W")])
        world.advance(by: .seconds(3))
        #expect(second.log.given.isEmpty)
        node.hear(.control(.resume, queue: nil))
        world.settle()
        #expect(second.log.given.count == 1)
    }

    @Test("of a paused queue are in the register as such")
    func pausedInRegister() throws {
        let node = world.addNode()
        node.attach(ScriptedExecutor())
        node.hear(.control(.pause, queue: "default"))
        world.advance(by: .seconds(1))
        let beats = node.operations.compactMap { operation -> SessionBeat? in
            if case .beat(let beat) = operation { beat } else { nil }
        }
        #expect(beats.last?.paused == ["default"])
    }

    @Test("are told of a paused queue by getting nothing until it is resumed")
    func pauseAndResume() {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor, queues: ["default": 5])
        node.hear(.control(.pause, queue: "default"))
        _ = node.async([NewJob(worker: "W"), NewJob(worker: "W")])
        world.advance(by: .seconds(3))
        #expect(executor.log.given.isEmpty)
        node.hear(.control(.resume, queue: nil))
        world.settle()
        #expect(executor.log.given.count == 2)
    }

    @Test("have as many slots as the operator's last word says")
    func scale() {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor, queues: ["default": 1])
        _ = node.async((0..<10).map { _ in NewJob(worker: "W") })
        #expect(executor.log.given.count == 1)
        node.hear(.control(.scale(limit: 4), queue: "default"))
        world.settle()
        #expect(executor.log.given.count == 4)
        node.hear(.control(.scale(limit: 0), queue: "default"))
        node.finish(AttemptKey(jobID: 1, attempt: 1), of: executor, .ok(.null))
        world.advance(by: .seconds(3))
        #expect(executor.log.given.count == 4)
    }

    @Test("survive a forged word to scale beyond all numbers")
    func forgedScale() {
        let node = world.addNode()
        node.attach(ScriptedExecutor(), queues: ["default": 1])
        node.attach(ScriptedExecutor(), queues: ["default": 1])
        node.hear(.control(.scale(limit: .max), queue: "default"))
        node.hear(.control(.scale(limit: .min), queue: "default"))
        world.advance(by: .seconds(10))
        #expect(node.gauges.executors == 2)
    }

    @Test("are not given a job that was not started before its caller's deadline")
    func expiry() throws {
        let node = world.addNode()
        let call = node.call(
            NewJob(worker: "W", expiresIn: .seconds(2)),
            AwaitOptions(timeout: .seconds(60))
        )
        world.advance(by: .seconds(3))
        let executor = ScriptedExecutor()
        node.attach(executor)
        world.settle()
        #expect(executor.log.given.isEmpty)
        #expect(call.failure?.reason == .cancelled)
        #expect(call.failure?.message == "expired")
    }

    @Test("are not given a scheduled job that expired before it was due")
    func expiryWhileScheduled() {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let call = node.call(
            NewJob(worker: "W", schedule: .after(.seconds(5)), expiresIn: .seconds(2)),
            AwaitOptions(timeout: .seconds(60))
        )
        world.advance(by: .seconds(10))
        #expect(executor.log.given.isEmpty)
        #expect(call.failure?.reason == .cancelled)
    }

    @Test("are given a scheduled job once it is due")
    func scheduled() {
        let node = world.addNode()
        let executor = ScriptedExecutor { _ in .finish(.ok(.json("1"))) }
        node.attach(executor)
        let call = node.call(
            NewJob(worker: "W", schedule: .after(.seconds(3))),
            AwaitOptions(timeout: .seconds(60))
        )
        world.advance(by: .milliseconds(2_900))
        #expect(executor.log.given.isEmpty)
        world.advance(by: .milliseconds(1_300))
        #expect(call.outcome == .ok(.json("1")))
    }
}
