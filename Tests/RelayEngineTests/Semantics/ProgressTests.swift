import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("Progress")
struct ProgressTests {
    let world = World()
    let wanted = AwaitManyOptions(timeout: .seconds(60), progress: true)

    private func running(
        on node: WorldNode,
        _ executor: ScriptedExecutor
    ) throws -> (
        RelayHandle, AttemptKey
    ) {
        node.attach(executor)
        let relay = try #require(node.relay())
        return (relay, AttemptKey(jobID: relay.jobID, attempt: 1))
    }

    @Test("reaches watchers on the node that runs the job")
    func local() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        let many = node.awaitMany([relay], wanted)
        node.progress(key, of: executor, .json("1"))
        node.progress(key, of: executor, .json("2"))
        #expect(many.progress.map(\.value) == [.json("1"), .json("2")])
    }

    @Test("reaches watchers on another node, at most once in 100 ms")
    func remote() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        let many = other.awaitMany([relay], wanted)
        for number in 1...5 { node.progress(key, of: executor, .json("\(number)")) }
        #expect(many.progress.map(\.value) == [.json("1")])
        world.advance(by: .milliseconds(110))
        #expect(many.progress.map(\.value) == [.json("1"), .json("5")])
        world.advance(by: .seconds(1))
        #expect(many.progress.count == 2)
    }

    @Test("is shown at once to a watcher that comes late, as last reported")
    func late() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        let early = node.awaitMany([relay], wanted)
        node.progress(key, of: executor, .json("1"))
        node.progress(key, of: executor, .json("2"))
        let late = node.awaitMany([relay], wanted)
        #expect(late.progress.map(\.value) == [.json("2")])
        #expect(early.progress.count == 2)
    }

    @Test("is for those who asked for it")
    func unwanted() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        let many = node.awaitMany([relay])
        node.progress(key, of: executor, .json("1"))
        #expect(many.events.isEmpty)
    }

    @Test(
        "is never shown for a guessed ref, whether it comes early or late, from here or elsewhere"
    )
    func guessedRef() throws {
        let node = world.addNode("a")
        let other = world.addNode("b")
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        let guess = RelayHandle(jobID: relay.jobID, ref: .random())
        node.hold(.read)
        other.hold(.read)
        let early = node.awaitMany([guess], wanted)
        let remote = other.awaitMany([guess], wanted)
        node.progress(key, of: executor, .json("\"secret\""))
        let late = node.awaitMany([guess], wanted)
        #expect(early.events.isEmpty)
        #expect(remote.events.isEmpty)
        #expect(late.events.isEmpty)
    }

    @Test("over 4 KB is dropped, and so is that of somebody who does not run the attempt")
    func dropped() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        let many = node.awaitMany([relay], wanted)
        node.progress(key, of: executor, .data(Array(repeating: 0, count: 5_000), contentType: "x"))
        node.progress(AttemptKey(jobID: key.jobID, attempt: 2), of: executor, .json("1"))
        let stranger = ScriptedExecutor()
        node.attach(stranger, queues: [:])
        node.progress(key, of: stranger, .json("1"))
        #expect(many.progress.isEmpty)
    }

    @Test(
        "is told once to a stream that names its job many times, and to a crowd as often as elsewhere"
    )
    func crowd() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        let many = node.awaitMany(Array(repeating: relay, count: 1_000), wanted)
        for number in 0..<50 { node.progress(key, of: executor, .json("\(number)")) }
        world.advance(by: .milliseconds(300))
        #expect((1...3).contains(many.progress.count))
        #expect(many.progress.last?.value == .json("49"))
        #expect(Set(many.progress.map(\.index)) == [0])
    }

    @Test("of one attempt is forgotten once it ended")
    func forgotten() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        let (relay, key) = try running(on: node, executor)
        node.progress(key, of: executor, .json("1"))
        node.finish(key, of: executor, .exception(JobException(kind: "E", message: "m")))
        let many = node.awaitMany(
            [relay],
            AwaitManyOptions(timeout: .seconds(60), withRetries: true, progress: true)
        )
        #expect(many.progress.isEmpty)
    }

    @Test("of many jobs at once costs each report its own work only")
    func cost() throws {
        let node = world.addNode()
        let executor = ScriptedExecutor()
        node.attach(executor, queues: ["default": 4_000])
        _ = node.async((0..<4_000).map { _ in NewJob(worker: "W") })
        let keys = executor.log.given.map(\.key)
        #expect(keys.count == 4_000)
        let time = ContinuousClock().measure {
            for round in 0..<3 {
                for key in keys { node.progress(key, of: executor, .json("\(round)")) }
            }
        }
        #expect(time < .seconds(10))
    }
}
