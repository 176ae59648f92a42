import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Cancelling a job")
struct CancelTests {
    let world = World()

    @Test("that waits: its waiters get CANCELLED and it never runs")
    func waitingJob() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay)
        let reply = node.cancel(relay)
        #expect(try reply.values.first?.get() == CancelAnswer(cancelled: true, state: .cancelled))
        #expect(wait.failure?.reason == .cancelled)
        #expect(wait.failure?.message == JobTable.cancelReason)
        let executor = ScriptedExecutor()
        node.attach(executor)
        world.advance(by: .seconds(5))
        #expect(executor.log.given.isEmpty)
    }

    @Test("that runs here: its executor is asked to stop, and its late outcome is fenced off")
    func runningHere() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let wait = node.await(relay)
        _ = node.cancel(relay)
        let key = AttemptKey(jobID: relay.jobID, attempt: 1)
        #expect(executor.log.stopped == [key])
        #expect(wait.failure?.reason == .cancelled)
        let late = node.finish(key, of: executor, .ok(.json("1")))
        #expect(try late.values.first?.get() == false)
        #expect(node.await(relay).answer == wait.answer)
    }

    @Test("that runs elsewhere: the node that runs it is told, and the waiters there")
    func runningElsewhere() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        other.attach(executor)
        let relay = try #require(node.relay())
        let wait = other.await(relay)
        _ = node.cancel(relay)
        #expect(executor.log.stopped == [AttemptKey(jobID: relay.jobID, attempt: 1)])
        #expect(wait.failure?.reason == .cancelled)
    }

    @Test(
        "by the bare word of Oban for Python: the executor is told, and its failure is the cancellation"
    )
    func killed() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let wait = node.await(relay)
        node.hear(.kill(job: relay.jobID))
        world.settle()
        let key = AttemptKey(jobID: relay.jobID, attempt: 1)
        #expect(executor.log.stopped == [key])
        node.finish(key, of: executor, .exception(JobException(kind: "E", message: "m")))
        #expect(wait.failure?.reason == .cancelled)
    }

    @Test("that a wait takes with it is tried again until the database takes it")
    func cancelOnSurvivesTheDatabase() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        world.fate = { kind, _ in kind == .cancel ? .unavailable(after: .zero) : .atOnce }
        _ = node.await(relay, AwaitOptions(timeout: .milliseconds(100), cancelOn: .timeout))
        world.advance(by: .seconds(5))
        #expect(world.table.rows[relay.jobID]?.state == .available)
        world.fate = { _, _ in .atOnce }
        world.advance(by: .seconds(2))
        #expect(world.table.rows[relay.jobID]?.state == .cancelled)
    }

    @Test("that ended already says so and changes nothing")
    func ended() throws {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.ok(.json("1"))) })
        let call = node.call()
        let relay = try #require(call.answer?.relay)
        let reply = node.cancel(relay)
        #expect(try reply.values.first?.get() == CancelAnswer(cancelled: false, state: .completed))
        #expect(node.await(relay).answer == call.answer)
    }

    @Test("needs its ref")
    func wrongRef() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let reply = node.cancel(RelayHandle(jobID: relay.jobID, ref: .random()))
        #expect(throws: RelayError.self) { try reply.values.first?.get() }
        #expect(world.table.rows[relay.jobID]?.state == .available)
    }

    @Test("asked twice at once is one cancellation")
    func twice() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        node.hold(.cancel)
        let replies = [node.cancel(relay), node.cancel(relay)]
        node.release(.cancel)
        let answers = try replies.map { try $0.values.first?.get().cancelled }
        #expect(answers.filter { $0 == true }.count == 1)
    }

    @Test("follows the caller that left, where it asked for that")
    func abandon() throws {
        let node = world.addNode()
        let modes: [CancelOn] = [.never, .timeout, .abandon, .either]
        for mode in modes {
            let relay = try #require(node.relay())
            node.abandon(node.await(relay, AwaitOptions(cancelOn: mode)).id)
        }
        let states = world.table.rows.values.sorted { $0.id < $1.id }.map(\.state)
        #expect(states == [.available, .available, .cancelled, .cancelled])
        #expect(node.gauges.openWaits == 0)
    }

    @Test("follows the caller of a call that left while its job was being inserted")
    func abandonedCall() {
        let node = world.addNode()
        node.hold(.insert)
        let call = node.call(NewJob(worker: "W"), AwaitOptions(cancelOn: .abandon))
        node.abandon(call.id)
        node.release(.insert)
        world.advance(by: .seconds(10))
        #expect(world.table.rows.values.map(\.state) == [.cancelled])
        #expect(call.replies.values.isEmpty)
        #expect(node.gauges.insertingCalls == 0)
        #expect(node.gauges.openWaits == 0)
    }

    @Test("a job whose caller left while it was being inserted runs on otherwise")
    func abandonedCallRunsOn() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.ok(.null)) })
        node.hold(.insert)
        let call = node.call()
        node.abandon(call.id)
        node.release(.insert)
        #expect(world.table.rows.values.map(\.state) == [.completed])
        #expect(call.replies.values.isEmpty)
    }

    @Test("a caller that left hears nothing later")
    func nothingLater() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let wait = node.await(relay)
        node.abandon(wait.id)
        node.finish(AttemptKey(jobID: relay.jobID, attempt: 1), of: executor, .ok(.null))
        world.advance(by: .seconds(10))
        #expect(wait.replies.values.isEmpty)
    }
}
