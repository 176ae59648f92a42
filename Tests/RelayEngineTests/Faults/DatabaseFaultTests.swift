import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Faults of the database")
struct DatabaseFaultTests {
    let world = World()

    private func only(_ kind: OperationKind, _ fate: OperationFate) {
        world.fate = { asked, _ in asked == kind ? fate : .atOnce }
    }

    @Test("while it is away calls and inserts are UNAVAILABLE, and work again once it is back")
    func away() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.ok(.null)) })
        world.fate = { _, _ in .unavailable(after: .milliseconds(10)) }
        let call = node.call()
        let insert = node.async([NewJob(worker: "W")])
        world.advance(by: .seconds(5))
        #expect(call.error?.code == .unavailable)
        #expect(call.error?.reason == "POSTGRES_UNAVAILABLE")
        #expect(throws: RelayError.self) { try insert.values.first?.get() }
        world.fate = { _, _ in .atOnce }
        world.advance(by: .seconds(2))
        #expect(node.call().outcome == .ok(.null))
    }

    @Test("a wait survives its absence")
    func waitSurvives() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(60)))
        world.fate = { _, _ in .unavailable(after: .milliseconds(10)) }
        world.advance(by: .seconds(20))
        #expect(!wait.isOver)
        world.table.change(relay.jobID) { $0.state = .completed }
        world.fate = { _, _ in .atOnce }
        world.advance(by: .seconds(3))
        #expect(wait.outcome == .ok(.null))
    }

    @Test("a timeout in its absence says what was last seen, or that it is away")
    func timeoutWhileAway() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let seen = node.await(relay, AwaitOptions(timeout: .seconds(2)))
        world.fate = { _, _ in .unavailable(after: .milliseconds(10)) }
        let unseen = node.await(
            RelayHandle(jobID: 77, ref: .random()),
            AwaitOptions(timeout: .seconds(2))
        )
        world.advance(by: .seconds(3))
        #expect(seen.failure?.reason == .timeout)
        #expect(seen.failure?.state == .available)
        #expect(unseen.error?.code == .unavailable)
    }

    @Test("an insert with an unknown end is OUTCOME_UNKNOWN, whether it was written or not")
    func insertUnknown() {
        let node = world.addNode()
        only(.insert, .unknown(after: .zero, effect: .zero))
        #expect(node.call().error?.reason == "OUTCOME_UNKNOWN")
        only(.insert, .unknown(after: .zero, effect: nil))
        #expect(node.call().error?.reason == "OUTCOME_UNKNOWN")
        #expect(world.table.rows.count == 1)
        #expect(node.gauges.openWaits == 0)
        #expect(node.gauges.insertingCalls == 0)
    }

    @Test("an insert with a key and an unknown end is safe to send again")
    func insertAgain() throws {
        let node = world.addNode()
        let job = NewJob(worker: "W", idempotencyKey: "order-1")
        only(.insert, .unknown(after: .zero, effect: .zero))
        #expect(node.call(job).error?.reason == "OUTCOME_UNKNOWN")
        world.fate = { _, _ in .atOnce }
        node.attach(ScriptedExecutor { _ in .finish(.ok(.json("1"))) })
        let call = node.call(job)
        #expect(call.outcome == .ok(.json("1")))
        #expect(call.answer?.relay.duplicate == true)
        #expect(world.table.rows.count == 1)
    }

    @Test("errors of one insert are its own, not its neighbours'")
    func insertErrors() {
        let node = world.addNode()
        node.hold(.insert)
        _ = node.async([NewJob(worker: "first")])
        let poison = node.call(NewJob(worker: "W", args: #"{"a":"\u0000"}"#))
        let innocent = node.async([NewJob(worker: "W")])
        node.release(.insert)
        #expect(poison.error?.code == .invalidArgument)
        #expect(throws: Never.self) { try innocent.values.first?.get() }
        #expect(world.table.rows.count == 2)
    }

    @Test("a key that belongs to another job is KEY_CONFLICT")
    func keyConflict() {
        let node = world.addNode()
        _ = node.async([NewJob(worker: "W", idempotencyKey: "k")])
        let call = node.call(NewJob(worker: "V", idempotencyKey: "k"))
        #expect(call.error?.code == .alreadyExists)
        #expect(call.error?.reason == "KEY_CONFLICT")
    }

    @Test("without the table of keys a key is refused, never quietly accepted")
    func noKeys() {
        let node = world.addNode()
        world.table.hasKeys = false
        let call = node.call(NewJob(worker: "W", idempotencyKey: "k"))
        #expect(call.error?.code == .failedPrecondition)
        #expect(call.error?.reason == "KEYS_NOT_INSTALLED")
        #expect(world.table.rows.isEmpty)
    }

    @Test("a claim with an unknown end: its jobs are found as strays, given back and run")
    func claimUnknown() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor { _ in .finish(.ok(.json("1"))) }
        node.attach(executor)
        world.advance(by: .milliseconds(100))
        only(.claim, .unknown(after: .zero, effect: .zero))
        let call = node.call(.notDispatched, AwaitOptions(timeout: .seconds(60)))
        #expect(world.table.rows[1]?.state == .executing)
        world.fate = { _, _ in .atOnce }
        world.advance(by: .seconds(15))
        #expect(call.outcome == .ok(.json("1")))
        #expect(call.answer?.attempt == 2)
        #expect(node.notes.contains(.strays(jobs: 1)))
    }

    @Test("a claim with an unknown end is found though the node claims all the time")
    func claimUnknownWhileBusy() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor { _ in
            .finishAfter(.milliseconds(10), .ok(.null))
        }
        node.attach(executor, queues: ["default": 4])
        world.advance(by: .milliseconds(100))
        only(.claim, .unknown(after: .zero, effect: .zero))
        let call = node.call(.notDispatched, AwaitOptions(timeout: .seconds(60)))
        #expect(world.table.rows[1]?.state == .executing)
        // From now on some claim is always under way.
        only(.claim, .answered(effect: .milliseconds(5), answer: .milliseconds(5)))
        for _ in 0..<1_500 {
            _ = node.relay(.notDispatched)
            world.advance(by: .milliseconds(10))
        }
        #expect(call.outcome == .ok(.null))
    }

    @Test(
        "that forgets a claim: the attempt that is claimed again is the one that runs, and takes no second slot"
    )
    func forgottenClaim() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor, queues: ["default": 2])
        let call = node.call(.notDispatched, AwaitOptions(timeout: .seconds(60)))
        let key = try #require(executor.log.given.first?.key)
        world.table.change(key.jobID) {
            $0.state = .available
            $0.attempt = 0
            $0.session = nil
        }
        world.advance(by: .seconds(3))
        #expect(world.table.rows[key.jobID]?.state == .executing)
        #expect(executor.log.given.count == 1)
        node.finish(key, of: executor, .ok(.json("1")))
        #expect(call.outcome == .ok(.json("1")))
        #expect(node.gauges.running == 0)
        _ = node.async([NewJob(worker: "W"), NewJob(worker: "W")])
        #expect(executor.log.given.count == 3)
    }

    @Test("a finish with an unknown end is sent again until it is known, and accepted once")
    func finishUnknown() throws {
        for effect in [Duration.zero, nil] {
            let world = World()
            let node = world.addNode()
            let executor = ScriptedExecutor()
            node.attach(executor)
            let call = node.call()
            let key = try #require(executor.log.given.first?.key)
            world.fate = { kind, _ in
                kind == .finish ? .unknown(after: .zero, effect: effect) : .atOnce
            }
            let verdict = node.finish(key, of: executor, .ok(.json("1")))
            #expect(verdict.values.isEmpty)
            world.fate = { _, _ in .atOnce }
            world.advance(by: .seconds(1))
            #expect(try verdict.values.map { try $0.get() } == [true])
            #expect(call.outcome == .ok(.json("1")))
        }
    }

    @Test("a finish that cannot be written waits, and is written once the database is back")
    func finishUnavailable() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let call = node.call(NewJob(worker: "W"), AwaitOptions(timeout: .seconds(60)))
        let key = try #require(executor.log.given.first?.key)
        only(.finish, .unavailable(after: .milliseconds(5)))
        let verdict = node.finish(key, of: executor, .ok(.json("1")))
        world.advance(by: .seconds(20))
        #expect(verdict.values.isEmpty)
        #expect(node.gauges.pendingFinishes == 1)
        world.fate = { _, _ in .atOnce }
        world.advance(by: .seconds(1))
        #expect(try verdict.values.map { try $0.get() } == [true])
        #expect(call.outcome == .ok(.json("1")))
        #expect(world.table.rows.values.first?.attempt == 1)
    }

    @Test("an outcome that it refuses fails the job, and those beside it are written")
    func refusedOutcome() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let poison = node.call()
        let innocent = node.call()
        node.hold(.finish)
        _ = node.finish(AttemptKey(jobID: 2, attempt: 1), of: executor, .ok(.json("2")))
        _ = node.finish(AttemptKey(jobID: 1, attempt: 1), of: executor, .ok(.json(#""\u0000""#)))
        node.release(.finish)
        #expect(innocent.outcome == .ok(.json("2")))
        #expect(poison.failure?.reason == .discarded)
        #expect(poison.failure?.kind == "UnstorableOutcome")
        #expect(node.gauges.pendingFinishes == 0)
    }

    @Test("an outcome that is fenced off: its waiters are answered from the row, soon")
    func fencedButAwaited() throws {
        let node = world.addNode("a")
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(60)))
        // Another node took this one for dead, ran the job again and told nobody.
        world.table.change(relay.jobID) {
            $0.state = .completed
            $0.attempt = 2
            $0.session = "other"
            $0.result = .value(.json("2"))
        }
        let verdict = node.finish(
            AttemptKey(jobID: relay.jobID, attempt: 1),
            of: executor,
            .ok(.json("1"))
        )
        #expect(try verdict.values.map { try $0.get() } == [false])
        #expect(wait.outcome == .ok(.json("2")))
    }

    @Test("a job that another node ended while an executor here still sticks to it is answered")
    func takenAwayWhileRunning() throws {
        let node = world.addNode("a")
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let wait = node.await(relay, AwaitOptions(timeout: .seconds(60)))
        world.table.change(relay.jobID) {
            $0.state = .completed
            $0.attempt = 2
            $0.session = "other"
            $0.result = .value(.json("2"))
        }
        world.advance(by: .seconds(3))
        #expect(wait.outcome == .ok(.json("2")))
        #expect(executor.log.stopped == [AttemptKey(jobID: relay.jobID, attempt: 1)])
    }
}
