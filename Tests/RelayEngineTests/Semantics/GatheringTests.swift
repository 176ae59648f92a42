import RelayCore
import RelayEngine
import RelayTestSupport
import Testing

@Suite("What is handed over at once")
struct GatheringTests {
    let world = World()

    private func inserts(of node: WorldNode) -> [Int] {
        node.operations.compactMap { if case .insert(let batch) = $0 { batch.count } else { nil } }
    }

    private func finishes(of node: WorldNode) -> [Int] {
        node.operations.compactMap { if case .finish(let batch) = $0 { batch.count } else { nil } }
    }

    @Test("goes in one insertion, not one and then the others")
    func calls() {
        let node = world.addNode()
        node.input { machine, _ in machine.gather() }
        for _ in 0..<5 { _ = node.async([NewJob(worker: "W")]) }
        #expect(inserts(of: node).isEmpty)
        node.input { machine, now in machine.gathered(now: now) }
        #expect(inserts(of: node) == [5])
    }

    @Test("waits for whoever hands over longest")
    func several() {
        let node = world.addNode()
        node.input { machine, _ in machine.gather() }
        node.input { machine, _ in machine.gather() }
        _ = node.async([NewJob(worker: "W")])
        node.input { machine, now in machine.gathered(now: now) }
        #expect(inserts(of: node).isEmpty)
        node.input { machine, now in machine.gathered(now: now) }
        #expect(inserts(of: node) == [1])
    }

    @Test("outcomes that come together are recorded together")
    func outcomes() {
        let executor = ScriptedExecutor()
        let node = world.addNode()
        node.attach(executor)
        _ = node.async((0..<3).map { _ in NewJob(worker: "W") })
        let given = executor.log.given
        #expect(given.count == 3)
        node.input { machine, _ in machine.gather() }
        for job in given { node.finish(job.key, of: executor, .ok(.null)) }
        node.input { machine, now in machine.gathered(now: now) }
        #expect(finishes(of: node) == [3])
    }
}

@Suite("Outcomes that wait to be recorded")
struct BacklogTests {
    @Test("keep more jobs from being claimed, which would wait behind them")
    func backlog() {
        let world = World()
        let executor = ScriptedExecutor { _ in .finish(.ok(.null)) }
        let node = world.addNode(configure: { $0.finishBacklog = 10 })
        node.hold(.finish)
        node.attach(executor, queues: ["default": 5])
        _ = node.async((0..<100).map { _ in NewJob(worker: "W") })
        world.advance(by: .seconds(5))
        #expect(executor.log.given.count < 20)
        node.release(.finish)
        world.advance(by: .seconds(5))
        #expect(executor.log.given.count == 100)
    }
}
