import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("A timeout")
struct TimeoutTests {
    let world = World()

    @Test("is an outcome that says the job's state, its attempt and the executors seen")
    func saysWhere() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor, queues: ["default": 1])
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(2)))
        world.advance(by: .milliseconds(1_900))
        #expect(!wait.isOver)
        world.advance(by: .milliseconds(200))
        #expect(wait.failure?.reason == .timeout)
        #expect(wait.failure?.state == .executing)
        #expect(wait.failure?.executors == 1)
        #expect(wait.answer?.attempt == 1)
    }

    @Test("says that no executor of the queue was seen")
    func noExecutors() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(1)))
        world.advance(by: .seconds(2))
        #expect(wait.failure?.state == .available)
        #expect(wait.failure?.executors == 0)
        #expect(wait.answer?.attempt == 0)
    }

    @Test("counts executors of the queue that other nodes have")
    func executorsElsewhere() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        other.attach(ScriptedExecutor(), queues: ["default": 1])
        world.advance(by: .seconds(10))
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(1)))
        world.advance(by: .seconds(2))
        #expect(wait.failure?.executors == 1)
    }

    @Test("comes after a last read, which finds an answer that no hint told of")
    func finalRead() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(1)))
        world.table.change(relay.jobID) {
            $0.state = .completed
            $0.result = .value(.json("7"))
        }
        node.isDeaf = true
        world.advance(by: .milliseconds(1_001))
        #expect(wait.outcome == .ok(.json("7")))
    }

    @Test("of zero answers at once with what is known")
    func zero() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .zero))
        #expect(wait.failure?.reason == .timeout)
        #expect(wait.failure?.state == .available)
        world.table.change(relay.jobID) { $0.state = .cancelled }
        let second = node.await(relay, AwaitOptions(timeout: .zero))
        #expect(second.failure?.reason == .cancelled)
    }

    @Test("below zero is one of zero")
    func negative() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(-3)))
        #expect(wait.failure?.reason == .timeout)
    }

    @Test("is five seconds unless the caller says otherwise")
    func defaultTimeout() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay)
        world.advance(by: .milliseconds(4_900))
        #expect(!wait.isOver)
        world.advance(by: .milliseconds(200))
        #expect(wait.failure?.reason == .timeout)
    }

    @Test("is cut to the server's longest")
    func maxAwait() throws {
        let node = world.addNode { $0.limits.maxAwait = .seconds(1) }
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(60)))
        world.advance(by: .milliseconds(1_100))
        #expect(wait.failure?.reason == .timeout)
    }

    @Test("beyond what a clock counts waits for ever")
    func forever() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(Int64.max)))
        world.advance(by: .seconds(600))
        #expect(!wait.isOver)
        world.table.change(relay.jobID) { $0.state = .completed }
        world.advance(by: .seconds(2))
        #expect(wait.outcome == .ok(.null))
    }

    @Test("leaves the job alone, which then can be awaited again")
    func jobGoesOn() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(1)))
        world.advance(by: .seconds(2))
        #expect(wait.failure?.reason == .timeout)
        let again = node.await(relay)
        node.finish(AttemptKey(jobID: relay.jobID, attempt: 1), of: executor, .ok(.json("1")))
        #expect(again.outcome == .ok(.json("1")))
        #expect(wait.replies.values.count == 1)
    }

    @Test("cancels the job where the caller asked for that, and only then")
    func cancelOnTimeout() throws {
        let node = world.addNode()
        let relays = try (0..<4).map { _ in try #require(node.relay()) }
        let modes: [CancelOn] = [.never, .timeout, .abandon, .either]
        for (relay, mode) in zip(relays, modes) {
            _ = node.await(relay, AwaitOptions(timeout: .seconds(1), cancelOn: mode))
        }
        world.advance(by: .seconds(2))
        let states = relays.map { world.table.rows[$0.jobID]?.state }
        #expect(states == [.available, .cancelled, .available, .cancelled])
    }

    @Test("of a call counts from its arrival, not from the insertion")
    func callTimeout() {
        let node = world.addNode()
        node.hold(.insert)
        let call = node.call(NewJob(worker: "W"), AwaitOptions(timeout: .seconds(2)))
        world.advance(by: .seconds(1))
        node.release(.insert)
        world.advance(by: .milliseconds(1_100))
        #expect(call.failure?.reason == .timeout)
    }

    @Test("comes within a second of its time even if the table never answers a read")
    func readsHang() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let seen = node.await(relay, AwaitOptions(timeout: .seconds(2)))
        node.hold(.read)
        let unseen = node.await(relay, AwaitOptions(timeout: .seconds(2)))
        world.advance(by: .milliseconds(2_900))
        #expect(seen.failure?.reason == .timeout)
        #expect(seen.failure?.state == .available)
        #expect(unseen.isOver)
    }

    @Test("of a call comes within a second of its time even if the insertion hangs")
    func insertHangs() {
        let node = world.addNode()
        node.hold(.insert)
        let call = node.call(NewJob(worker: "W"), AwaitOptions(timeout: .seconds(2)))
        world.advance(by: .milliseconds(2_990))
        #expect(call.error?.reason == "OUTCOME_UNKNOWN")
        node.release(.insert)
        world.advance(by: .seconds(10))
        #expect(call.replies.values.count == 1)
    }

    @Test("of a call whose insertion hung cancels the job that comes of it, where asked for")
    func insertHangsCancelOnTimeout() {
        let node = world.addNode()
        node.hold(.insert)
        _ = node.call(
            NewJob(worker: "W"),
            AwaitOptions(timeout: .seconds(1), cancelOn: .timeout)
        )
        world.advance(by: .seconds(3))
        node.release(.insert)
        #expect(world.table.rows.values.map(\.state) == [.cancelled])
    }
}
