import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Lost nodes")
struct LostNodeTests {
    let world = World()

    @Test("the jobs of a node that died go back within fifteen seconds, and are run elsewhere")
    func died() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        world.advance(by: .seconds(5))
        let wait = other.await(relay, AwaitOptions(timeout: .seconds(60)))
        node.crash()
        other.attach(ScriptedExecutor { _ in .finish(.ok(.json("2"))) })
        world.advance(by: .seconds(15))
        #expect(wait.outcome == .ok(.json("2")))
        #expect(wait.answer?.attempt == 2)
        #expect(other.notes.contains(.sessionDead(session: node.sessionName)))
    }

    @Test("a node that is only slow for a moment keeps its jobs")
    func slow() throws {
        let node = world.addNode("a")
        world.addNode("b")
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        world.advance(by: .seconds(5))
        node.freeze()
        world.advance(by: .seconds(5))
        node.thaw()
        world.advance(by: .seconds(20))
        #expect(world.table.rows[relay.jobID]?.attempt == 1)
        let verdict = node.finish(
            AttemptKey(jobID: relay.jobID, attempt: 1),
            of: executor,
            .ok(.json("1"))
        )
        #expect(try verdict.values.map { try $0.get() } == [true])
    }

    @Test("a frozen node loses its jobs, and what it finishes after waking is fenced off")
    func frozen() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        world.advance(by: .seconds(5))
        let wait = other.await(relay, AwaitOptions(timeout: .seconds(100)))
        node.freeze()
        other.attach(ScriptedExecutor { _ in .finish(.ok(.json("\"second\""))) })
        world.advance(by: .seconds(20))
        #expect(wait.outcome == .ok(.json("\"second\"")))
        node.thaw()
        let verdict = node.finish(
            AttemptKey(jobID: relay.jobID, attempt: 1),
            of: executor,
            .ok(.json("\"first\""))
        )
        #expect(try verdict.values.map { try $0.get() } == [false])
        #expect(other.await(relay).outcome == .ok(.json("\"second\"")))
    }

    @Test("a session that reconnects between two looks keeps its jobs")
    func reconnects() throws {
        let node = world.addNode("a")
        world.addNode("b")
        node.attach(ScriptedExecutor())
        let relay = try #require(node.relay())
        for _ in 0..<10 {
            world.advance(by: .seconds(3))
            world.table.disconnect(node.sessionName)
            node.input { $0.tick(now: $1) }
        }
        world.advance(by: .seconds(10))
        #expect(world.table.rows[relay.jobID]?.attempt == 1)
    }

    @Test("a lost node's job in its last attempt is discarded, and its waiters learn it")
    func lastAttempt() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        node.attach(ScriptedExecutor())
        let relay = try #require(node.relay(NewJob(worker: "W", maxAttempts: 1)))
        world.advance(by: .seconds(5))
        let wait = other.await(relay, AwaitOptions(timeout: .seconds(60)))
        node.crash()
        world.advance(by: .seconds(15))
        #expect(wait.failure?.reason == .discarded)
        #expect(wait.failure?.kind == "ExecutorLost")
    }

    @Test("an await goes on at another node after the awaiting one died")
    func awaitElsewhere() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        other.attach(executor)
        let relay = try #require(node.relay())
        let lost = node.await(relay)
        node.crash()
        other.finish(AttemptKey(jobID: relay.jobID, attempt: 1), of: executor, .ok(.json("1")))
        #expect(lost.replies.values.isEmpty)
        #expect(other.await(relay).outcome == .ok(.json("1")))
    }
}
