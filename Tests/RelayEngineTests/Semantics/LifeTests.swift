import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("The life of an engine")
struct LifeTests {
    let world = World()

    private func drain(_ node: WorldNode) {
        node.input { $0.beginDrain(now: $1) }
        world.settle()
    }

    private func end(_ node: WorldNode) {
        node.input { $0.end(now: $1) }
        world.settle()
    }

    @Test("draining refuses new calls, with a word that says to go elsewhere")
    func drainRefuses() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        drain(node)
        #expect(node.call().error == .draining)
        #expect(node.await(relay).error == .draining)
        #expect(node.awaitMany([relay]).error == .draining)
        #expect(throws: RelayError.draining) {
            try node.async([NewJob(worker: "W")]).values[0].get()
        }
    }

    @Test("draining lets open waits and running attempts end, and claims no more")
    func drainLetsEnd() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor, queues: ["default": 1])
        let call = node.call()
        _ = node.relay()
        drain(node)
        #expect(!node.isIdle)
        node.finish(try #require(executor.log.given.first).key, of: executor, .ok(.json("1")))
        #expect(call.outcome == .ok(.json("1")))
        world.advance(by: .seconds(5))
        #expect(executor.log.given.count == 1)
        #expect(node.isIdle)
    }

    @Test("the end gives running attempts back, ends all waits, and leaves the register")
    func theEnd() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        node.attach(executor)
        let call = node.call()
        let many = node.awaitMany([try #require(node.relay())])
        end(node)
        #expect(call.error == .draining)
        #expect(many.error == .draining)
        #expect(node.isIdle)
        #expect(world.table.rows.values.allSatisfy { $0.state == .available })
        world.advance(by: .seconds(5))
        let executorElsewhere = ScriptedExecutor()
        other.attach(executorElsewhere)
        world.settle()
        #expect(executorElsewhere.log.given.count == 2)
        #expect(node.gauges.openWaits == 0)
    }

    @Test("after the end the session does not come back to the register")
    func noBeatAfterTheEnd() {
        let node = world.addNode("a")
        let other = world.addNode("b")
        node.attach(ScriptedExecutor(), queues: ["mail": 1])
        world.advance(by: .seconds(5))
        end(node)
        let beats = node.operations.filter { $0.kind == .beat }.count
        world.advance(by: .seconds(20))
        #expect(node.operations.filter { $0.kind == .beat }.count == beats)
        #expect(other.gauges.openWaits == 0)
    }

    @Test("the end is idle only once the register was told")
    func idleAfterLeaving() {
        let node = world.addNode()
        world.advance(by: .seconds(5))
        node.hold(.beat)
        end(node)
        #expect(!node.isIdle)
        node.release(.beat)
        #expect(node.isIdle)
    }

    @Test("a call whose job is inserted only after the end is told so, and does not wait for ever")
    func insertedAfterTheEnd() {
        let node = world.addNode()
        node.hold(.insert)
        let call = node.call()
        end(node)
        node.release(.insert)
        world.advance(by: .seconds(10))
        #expect(call.error?.code == .unavailable)
        #expect(call.replies.values.count == 1)
        #expect(node.gauges.openWaits == 0)
    }

    @Test("an idle engine plans no busy ticks")
    func idle() {
        let node = world.addNode()
        world.advance(by: .seconds(20))
        let before = node.ticks
        world.advance(by: .seconds(100))
        #expect(node.ticks - before < 200)
        let reads = node.operations.filter { $0.kind == .read }
        #expect(reads.isEmpty)
    }

    @Test("ended calls leave nothing behind once their time has passed")
    func nothingLeft() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor { _ in .finish(.ok(.null)) }
        node.attach(executor)
        for _ in 0..<500 { #expect(node.call().isOver) }
        let relay = try #require(node.relay())
        for _ in 0..<500 { _ = node.awaitMany([relay]) }
        world.advance(by: .seconds(30))
        node.detach(executor)
        #expect(node.gauges == .zero)
    }

    @Test("the timers of ended waits with long timeouts do not pile up")
    func timersOfEndedWaits() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.ok(.null)) })
        for _ in 0..<20_000 {
            _ = node.call(NewJob(worker: "W"), AwaitOptions(timeout: .seconds(86_400)))
        }
        #expect(node.gauges.openWaits == 0)
        #expect(node.gauges.timers < 10_000)
    }

    @Test("more inserts than may wait are refused with a word to come again")
    func insertQueueFull() {
        let node = world.addNode { $0.limits.maxQueuedInserts = 3 }
        node.hold(.insert)
        let first = node.async([NewJob(worker: "W")])
        let second = node.async([NewJob(worker: "W"), NewJob(worker: "W"), NewJob(worker: "W")])
        let third = node.async([NewJob(worker: "W")])
        let call = node.call()
        #expect(first.values.isEmpty && second.values.isEmpty)
        #expect(throws: RelayError.self) { try third.values.first?.get() }
        #expect(call.error?.reason == "INSERT_QUEUE_FULL")
        #expect(call.error?.code == .resourceExhausted)
        #expect(call.error?.retryAfter != nil)
        node.release(.insert)
        #expect(first.values.count == 1 && second.values.count == 1)
        #expect(world.table.rows.count == 4)
    }

    @Test("more waits than a node holds are refused, and room is made by those that end")
    func tooManyWaits() throws {
        let node = world.addNode { $0.limits.maxOpenWaits = 3 }
        let relay = try #require(node.relay())
        let many = node.awaitMany([relay, relay])
        let single = node.await(relay)
        #expect(node.await(relay).error?.reason == "TOO_MANY_WAITS")
        #expect(node.awaitMany([relay]).error?.reason == "TOO_MANY_WAITS")
        node.abandon(many.id)
        #expect(!node.await(relay).isOver)
        #expect(!single.isOver)
    }

    @Test("calls whose jobs are being inserted count as waits")
    func insertingCallsCount() {
        let node = world.addNode { $0.limits.maxOpenWaits = 2 }
        node.hold(.insert)
        _ = node.call()
        _ = node.call()
        #expect(node.call().error?.reason == "TOO_MANY_WAITS")
    }
}
