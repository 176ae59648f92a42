import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Awaiting many relays")
struct AwaitManyTests {
    let world = World()

    private func relays(_ count: Int, on node: WorldNode) throws -> [RelayHandle] {
        try (0..<count).map { _ in try #require(node.relay()) }
    }

    private func end(
        _ relay: RelayHandle,
        of executor: ScriptedExecutor,
        on node: WorldNode,
        _ outcome: ExecutionOutcome = .ok(.null)
    ) {
        node.finish(AttemptKey(jobID: relay.jobID, attempt: 1), of: executor, outcome)
    }

    @Test("streams each outcome as it happens, then ends")
    func streams() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relays = try relays(3, on: node)
        let many = node.awaitMany(relays)
        for index in [2, 0, 1] { end(relays[index], of: executor, on: node) }
        #expect(many.answers.map(\.index) == [2, 0, 1])
        #expect(many.isOver)
        #expect(many.error == nil)
        #expect(many.batches.values.count == 3)
    }

    @Test("answers duplicated relays each")
    func duplicates() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let many = node.awaitMany([relay, relay, relay])
        end(relay, of: executor, on: node, .ok(.json("1")))
        #expect(many.answers.map(\.index) == [0, 1, 2])
        #expect(many.answers.allSatisfy { $0.answer.outcome == .ok(.json("1")) })
        #expect(many.isOver)
    }

    @Test("on timeout the ones missing come as TIMEOUT")
    func timeout() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relays = try relays(3, on: node)
        let many = node.awaitMany(relays, AwaitManyOptions(timeout: .seconds(2)))
        end(relays[1], of: executor, on: node)
        world.advance(by: .seconds(3))
        #expect(many.answers.map(\.index).sorted() == [0, 1, 2])
        let reasons = many.answers.dropFirst().map { answer -> Failure.Reason? in
            if case .failed(let failure) = answer.answer.outcome { failure.reason } else { nil }
        }
        #expect(reasons == [.timeout, .timeout])
        #expect(many.isOver)
    }

    @Test("of nothing ends at once")
    func empty() {
        let node = world.addNode()
        let many = node.awaitMany([])
        #expect(many.events == [.finished(nil)])
    }

    @Test("with a wrong ref answers NOT_FOUND for that one only")
    func wrongRef() throws {
        let node = world.addNode()
        let relay = try #require(node.relay())
        let many = node.awaitMany([RelayHandle(jobID: relay.jobID, ref: .random()), relay])
        #expect(many.answers.map(\.index) == [0])
        #expect(!many.isOver)
    }

    @Test("ends once as many are ok as stop_after says")
    func stopAfter() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relays = try relays(4, on: node)
        let many = node.awaitMany(relays, AwaitManyOptions(stopAfter: 2))
        end(relays[0], of: executor, on: node)
        end(relays[1], of: executor, on: node, .cancel(reason: "no"))
        #expect(!many.isOver)
        end(relays[2], of: executor, on: node)
        #expect(many.isOver)
        end(relays[3], of: executor, on: node)
        #expect(many.answers.map(\.index) == [0, 1, 2])
        #expect(node.gauges.openWaits == 0)
    }

    @Test("with fail_fast ends at the first that is not ok")
    func failFast() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relays = try relays(3, on: node)
        let many = node.awaitMany(relays, AwaitManyOptions(failFast: true))
        end(relays[0], of: executor, on: node)
        #expect(!many.isOver)
        end(relays[1], of: executor, on: node, .cancel(reason: "no"))
        #expect(many.isOver)
        #expect(many.answers.map(\.index) == [0, 1])
        #expect(node.gauges.openWaits == 0)
    }

    @Test("with fail_fast and a table that does not answer ends at its timeout, and counts right")
    func failFastGivesUp() throws {
        let node = world.addNode()
        let relays = try relays(3, on: node)
        node.hold(.read)
        let many = node.awaitMany(
            relays,
            AwaitManyOptions(timeout: .seconds(1), failFast: true)
        )
        world.advance(by: .seconds(2))
        #expect(many.isOver)
        #expect(many.answers.count == 1)
        #expect(node.gauges.openWaits == 0)
    }

    @Test("sends a heartbeat after fifteen seconds of silence, and only then")
    func heartbeats() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relays = try relays(2, on: node)
        let many = node.awaitMany(relays, AwaitManyOptions(timeout: .seconds(100)))
        world.advance(by: .seconds(10))
        end(relays[0], of: executor, on: node)
        world.advance(by: .milliseconds(14_900))
        #expect(!many.events.contains(.heartbeat))
        world.advance(by: .milliseconds(200))
        #expect(many.events.filter { $0 == .heartbeat }.count == 1)
        world.advance(by: .seconds(15))
        #expect(many.events.filter { $0 == .heartbeat }.count == 2)
    }

    @Test("nothing arrives after the caller has left")
    func abandon() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let many = node.awaitMany([relay])
        node.abandon(many.id)
        end(relay, of: executor, on: node)
        world.advance(by: .seconds(60))
        #expect(many.events.isEmpty)
        #expect(node.gauges.openWaits == 0)
    }

    @Test("finds each of more relays than one read takes")
    func manyReads() throws {
        let node = world.addNode { $0.readBatch = 7 }
        node.attach(ScriptedExecutor { _ in .finish(.ok(.null)) }, queues: ["default": 100])
        let relays = try relays(50, on: node)
        let many = node.awaitMany(relays)
        #expect(Set(many.answers.map(\.index)) == Set(0..<50))
        #expect(many.answers.count == 50)
        #expect(many.isOver)
    }

    @Test("of a hundred thousand duplicates is answered in reasonable time")
    func hostileDuplicates() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor)
        let relay = try #require(node.relay())
        let copies = Array(repeating: relay, count: 100_000)
        let answered = node.awaitMany(copies, AwaitManyOptions(timeout: .seconds(60)))
        let left = node.awaitMany(copies, AwaitManyOptions(timeout: .seconds(60)))
        let clock = ContinuousClock()
        let time = clock.measure {
            node.abandon(left.id)
            end(relay, of: executor, on: node)
        }
        #expect(answered.answers.count == 100_000)
        #expect(time < .seconds(15))
    }
}
