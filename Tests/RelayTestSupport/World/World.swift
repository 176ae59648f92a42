import HeapModule
package import NIOConcurrencyHelpers
package import RelayCore
package import RelayEngine

/// A small world of engines over one table, on one thread, in which time passes only when the test says so.
///
/// Unless told otherwise every operation and every hint arrives at once. What happens at the same time happens in the
/// order in which it was asked for, so a run can be repeated.
package final class World {
    /// The table that all nodes share.
    package var table = JobTable()
    /// The nodes, dead ones too.
    package private(set) var nodes: [WorldNode] = []
    /// What becomes of each operation.
    package var fate: (OperationKind, WorldNode) -> OperationFate = { _, _ in .atOnce }
    /// When a hint arrives at a node: once for each time, never where there is none.
    package var arrival: (OutgoingSignal, WorldNode) -> [Duration] = { _, _ in [.zero] }
    /// The time, for closures that outlive a call.
    package let clock = NIOLockedValueBox(MonotonicTime(nanoseconds: 1_000_000_000))
    /// How many events and ticks there may be without time passing, before the world is taken to spin.
    package var patience = 200_000
    /// A bug that the simulation must find; nil plants none.
    package var bug: PlantedBug?
    /// The table as it was a while ago, for the bug that reads it.
    private var past: (table: JobTable, at: MonotonicTime)?
    /// How old the past may become.
    private static let pastAge = Duration.milliseconds(400)
    /// Set when the world was found to spin.
    package private(set) var isSpinning = false

    private var events = Heap<Event>()
    private var lastEvent: UInt64 = 0

    private struct Event: Comparable {
        var time: MonotonicTime
        var number: UInt64
        var run: () -> Void

        static func < (left: Event, right: Event) -> Bool {
            (left.time, left.number) < (right.time, right.number)
        }
        static func == (left: Event, right: Event) -> Bool { left.number == right.number }
    }

    /// Makes an empty world.
    package init() {}

    /// The time now.
    package var now: MonotonicTime { clock.withLockedValue { $0 } }

    /// Adds a node and starts it.
    @discardableResult
    package func addNode(
        _ name: String = "a",
        configure: (inout EngineConfiguration) -> Void = { _ in }
    ) -> WorldNode {
        var configuration = EngineConfiguration(node: name)
        configuration.seed = UInt64(nodes.count + 1)
        configuration.limits.defaultAwait = .seconds(5)
        configure(&configuration)
        let node = WorldNode(world: self, configuration: configuration, number: nodes.count)
        nodes.append(node)
        node.input { $0.received(.gap, now: $1) }
        node.input { $0.tick(now: $1) }
        settle()
        return node
    }

    // MARK: Time

    /// Has something happen after a while.
    package func schedule(after delay: Duration, _ run: @escaping () -> Void) {
        lastEvent += 1
        events.insert(Event(time: now + delay, number: lastEvent, run: run))
    }

    /// Does all that is due now.
    package func settle() {
        var steps = 0
        while runOne(until: now) {
            steps += 1
            if steps > patience {
                isSpinning = true
                return
            }
        }
    }

    /// Lets time pass, for the nodes and for the database.
    package func advance(by duration: Duration) {
        let end = now + duration
        settle()
        while let next = nextTime, next <= end, !isSpinning {
            move(to: max(next, now))
            settle()
        }
        move(to: end)
        settle()
    }

    /// Lets time pass until something is true, at most for the given time; answers whether it is.
    package func advance(atMost limit: Duration, until condition: () -> Bool) -> Bool {
        let end = now + limit
        settle()
        while !condition() {
            guard let next = nextTime, next <= end, !isSpinning else { return false }
            move(to: max(next, now))
            settle()
        }
        return true
    }

    private var nextTime: MonotonicTime? {
        var earliest = events.min?.time
        for node in nodes {
            guard let tick = node.nextTick else { continue }
            earliest = earliest.map { min($0, tick) } ?? tick
        }
        return earliest
    }

    private func move(to time: MonotonicTime) {
        if bug == .waitsAfterRead, past.map({ now - $0.at >= Self.pastAge }) ?? true {
            past = (table, now)
        }
        table.pass(time - now)
        clock.withLockedValue { $0 = time }
    }

    private func runOne(until time: MonotonicTime) -> Bool {
        if let event = events.min, event.time <= time {
            events.removeMin().run()
            return true
        }
        for node in nodes {
            if let tick = node.nextTick, tick <= time {
                node.countTick()
                node.input { $0.tick(now: $1) }
                return true
            }
        }
        return false
    }

    // MARK: Hints

    func send(_ signals: [OutgoingSignal], from node: WorldNode) {
        for signal in signals {
            for target in nodes where target.isAlive {
                for delay in arrival(signal, target) {
                    for heard in signal.heard(from: node.name) {
                        schedule(after: delay) { target.hear(heard) }
                    }
                }
            }
        }
        schedule(after: .zero) { node.deliver { $0.sent(now: $1) } }
    }

    // MARK: Operations

    func ask(_ operation: StoreOperation, of node: WorldNode) {
        if case .read = operation, bug == .waitsAfterRead, var old = past?.table {
            let input = node.session.carryOut(operation, on: &old)
            schedule(after: .zero) { node.deliver(input) }
            return
        }
        ask(operation, of: node, fate: fate(operation.kind, node), holdingAnswer: false)
    }

    func ask(
        _ operation: StoreOperation,
        of node: WorldNode,
        fate: OperationFate,
        holdingAnswer: Bool
    ) {
        switch fate {
        case .answered(let effect, let answer):
            schedule(after: effect) { [self] in
                let input = node.session.carryOut(operation, on: &table)
                schedule(after: answer) {
                    if holdingAnswer {
                        node.hold(answer: input, of: operation.kind)
                    } else {
                        node.deliver(input)
                    }
                }
            }
        case .unavailable(let delay):
            schedule(after: delay) {
                node.deliver(node.session.failure(of: operation, .unavailable("away")))
            }
        case .unknown(let delay, let effect):
            if let effect {
                schedule(after: effect) { [self] in
                    _ = node.session.carryOut(operation, on: &table)
                }
            }
            schedule(after: delay) {
                node.deliver(node.session.failure(of: operation, .unknown("cut off")))
            }
        }
    }
}
