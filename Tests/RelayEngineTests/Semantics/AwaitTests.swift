import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Awaiting a relay")
struct AwaitTests {
    let world = World()
    let boom = JobException(kind: "Boom", message: "it broke", stacktrace: "line 1")

    @Test("answers ok with the value once the job completed")
    func ok() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor { _ in .finish(.ok(.json("42"))) }
        node.attach(executor)
        let call = node.call()
        #expect(call.outcome == .ok(.json("42")))
        #expect(call.answer?.attempt == 1)
    }

    @Test("the first failure ends the wait, with type, message and stack")
    func firstFailure() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { [boom] _ in .finish(.exception(boom)) })
        let call = node.call()
        #expect(call.failure?.reason == .exception)
        #expect(call.failure?.kind == "Boom")
        #expect(call.failure?.message == "it broke")
        #expect(call.failure?.stacktrace == "line 1")
        #expect(call.failure?.state == .retryable)
        #expect(call.answer?.attempt == 1)
    }

    @Test("with retries waits through failures until the job completed")
    func withRetries() {
        let node = world.addNode()
        node.attach(
            ScriptedExecutor { [boom] job in
                .finish(job.attempt < 3 ? .exception(boom) : .ok(.json("\"third\"")))
            }
        )
        let call = node.call(
            NewJob(worker: "W"),
            AwaitOptions(timeout: .seconds(600), withRetries: true)
        )
        #expect(!call.isOver)
        world.advance(by: .seconds(120))
        #expect(call.outcome == .ok(.json("\"third\"")))
        #expect(call.answer?.attempt == 3)
    }

    @Test("a retryable job answers with its last error to whoever awaits it later")
    func retryableLater() throws {
        let node = world.addNode()
        node.attach(ScriptedExecutor { [boom] _ in .finish(.exception(boom)) })
        let relay = try #require(node.relay())
        #expect(node.await(relay).failure?.reason == .exception)
        #expect(node.await(relay).failure?.message == "it broke")
    }

    @Test("the last allowed failure is DISCARDED with the last exception")
    func discardedAtMaxAttempts() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { [boom] _ in .finish(.exception(boom)) })
        let call = node.call(NewJob(worker: "W", maxAttempts: 1))
        #expect(call.failure?.reason == .discarded)
        #expect(call.failure?.kind == "Boom")
        #expect(call.failure?.state == .discarded)
    }

    @Test("with retries a discarded job ends the wait")
    func withRetriesDiscarded() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { [boom] _ in .finish(.exception(boom)) })
        let call = node.call(
            NewJob(worker: "W", maxAttempts: 2),
            AwaitOptions(timeout: .seconds(600), withRetries: true)
        )
        world.advance(by: .seconds(60))
        #expect(call.failure?.reason == .discarded)
        #expect(call.answer?.attempt == 2)
    }

    @Test("an executor that discards yields DISCARDED at any attempt")
    func discard() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.discard(reason: "no such order")) })
        let call = node.call()
        #expect(call.failure?.reason == .discarded)
        #expect(call.failure?.message == "no such order")
    }

    @Test("an executor that cancels yields CANCELLED with its reason")
    func cancelByExecutor() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.cancel(reason: "not needed")) })
        let call = node.call()
        #expect(call.failure?.reason == .cancelled)
        #expect(call.failure?.message == "not needed")
    }

    @Test("a snooze yields SNOOZED with the attempt that snoozed")
    func snooze() {
        let node = world.addNode()
        node.attach(ScriptedExecutor { _ in .finish(.snooze(.seconds(30))) })
        let call = node.call()
        #expect(call.failure?.reason == .snoozed)
        #expect(call.failure?.state == .scheduled)
        #expect(call.answer?.attempt == 1)
    }

    @Test("with retries a snooze is waited through, and gives its attempt back")
    func snoozeWithRetries() {
        let node = world.addNode()
        node.attach(
            ScriptedExecutor { job in
                .finish(job.snoozed < 2 ? .snooze(.seconds(3)) : .ok(.json("1")))
            }
        )
        let call = node.call(
            NewJob(worker: "W"),
            AwaitOptions(timeout: .seconds(60), withRetries: true)
        )
        world.advance(by: .seconds(20))
        #expect(call.outcome == .ok(.json("1")))
        #expect(call.answer?.attempt == 1)
    }

    @Test("a result over the limit completes the job and yields RESULT_TOO_LARGE")
    func tooLarge() throws {
        let node = world.addNode()
        let text = "\"" + String(repeating: "x", count: 9_000) + "\""
        node.attach(ScriptedExecutor { _ in .finish(.ok(.json(text))) })
        let call = node.call()
        #expect(call.failure?.reason == .resultTooLarge)
        #expect(call.failure?.state == .completed)
        let relay = try #require(call.answer?.relay)
        #expect(node.await(relay).answer == call.answer)
    }

    @Test("a job that nobody may await with this ref is NOT_FOUND, as one that is not there")
    func notFound() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wrong = node.await(RelayHandle(jobID: relay.jobID, ref: .random()))
        let missing = node.await(RelayHandle(jobID: 999, ref: .random()))
        #expect(wrong.failure?.reason == .notFound)
        #expect(wrong.outcome == missing.outcome)
        #expect(wrong.answer?.attempt == 0)
    }

    @Test("a job without a relay is NOT_FOUND whatever ref is guessed")
    func jobWithoutRelay() {
        let node = world.addNode()
        let id = world.table.insertForeign(NewJob(worker: "W"))
        let wait = node.await(RelayHandle(jobID: id, ref: .random()))
        #expect(wait.failure?.reason == .notFound)
    }

    @Test("a pruned job is NOT_FOUND")
    func pruned() throws {
        let node = world.addNode { $0.resultRetention = .seconds(30) }
        node.attach(ScriptedExecutor { _ in .finish(.ok(.null)) })
        let relay = try #require(node.call().answer?.relay)
        world.advance(by: .seconds(100))
        #expect(world.table.rows.isEmpty)
        #expect(node.await(relay).failure?.reason == .notFound)
    }

    @Test("a row that vanishes while it is waited for ends the wait with NOT_FOUND")
    func vanishes() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let wait = node.await(relay)
        world.table.delete(relay.jobID)
        world.advance(by: .seconds(2))
        #expect(wait.failure?.reason == .notFound)
    }

    @Test("a terminal job gives the identical answer, again and from any node")
    func identical() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        node.attach(ScriptedExecutor { _ in .finish(.ok(.data([1, 2, 3], contentType: "x/y"))) })
        let call = node.call()
        let relay = try #require(call.answer?.relay)
        let answers = [node.await(relay), node.await(relay), other.await(relay)].map(\.answer)
        #expect(answers.allSatisfy { $0 == call.answer })
    }

    @Test("every waiter of one job is answered once")
    func manyWaiters() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let waits = (0..<50).map { _ in node.await(relay) }
        node.finish(AttemptKey(jobID: relay.jobID, attempt: 1), of: executor, .ok(.json("1")))
        #expect(waits.allSatisfy { $0.replies.values.count == 1 })
        #expect(waits.allSatisfy { $0.outcome == .ok(.json("1")) })
    }
}
