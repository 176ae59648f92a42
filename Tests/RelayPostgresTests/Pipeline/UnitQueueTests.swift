import Testing

@testable import RelayPostgres

@Suite("The units that wait, as a value")
struct UnitQueueTests {
    private static let start = ContinuousClock.now
    private static let wide = UnitQueue.Bounds(units: 100, bytes: 1_000_000, segments: 10)

    private static func unit(
        _ name: String,
        alone: Bool = false,
        deadline: Duration = .seconds(10)
    ) throws -> Submission {
        try Submission(PGUnit(name, alone: alone, deadline: deadline), now: start) { _ in }
    }

    private static func names(_ segments: [[Submission]]) -> [[String]] {
        segments.map { $0.map { $0.statements[0].key.sql } }
    }

    @Test("neighbours share a transaction; one alone parts them, and the order is kept")
    func segments() throws {
        var queue = UnitQueue()
        for (name, alone) in [("a", false), ("b", false), ("c", true), ("d", false)] {
            queue.add(try Self.unit(name, alone: alone))
        }
        #expect(Self.names(queue.nextBatch(Self.wide)) == [["a", "b"], ["c"], ["d"]])
        #expect(queue.isEmpty && queue.expiry == nil)
    }

    @Test("a batch ends at the first bound, yet always holds a unit")
    func bounds() throws {
        var queue = UnitQueue()
        for name in ["a", "b", "c", "d"] { queue.add(try Self.unit(name, alone: name > "b")) }
        #expect(
            Self.names(queue.nextBatch(UnitQueue.Bounds(units: 1, bytes: 1_000_000, segments: 9)))
                == [["a"]]
        )
        #expect(
            Self.names(queue.nextBatch(UnitQueue.Bounds(units: 9, bytes: 1, segments: 9))) == [
                ["b"]
            ]
        )
        #expect(
            Self.names(queue.nextBatch(UnitQueue.Bounds(units: 9, bytes: 1_000_000, segments: 1)))
                == [["c"]]
        )
        #expect(Self.names(queue.nextBatch(Self.wide)) == [["d"]])
    }

    @Test("what was rolled back goes before what was never sent")
    func reruns() throws {
        var queue = UnitQueue()
        queue.add(try Self.unit("fresh"))
        var isolated = try Self.unit("isolated")
        isolated.isIsolated = true
        queue.addAgain([isolated, try Self.unit("again")])
        queue.putBack([try Self.unit("unsent")])
        #expect(
            Self.names(queue.nextBatch(Self.wide)) == [
                ["unsent"], ["isolated"], ["again", "fresh"],
            ]
        )
    }

    @Test("late units are taken out wherever they are, and not looked for too often")
    func expiry() throws {
        var queue = UnitQueue()
        queue.add(try Self.unit("slow"))
        queue.add(try Self.unit("quick", deadline: .seconds(1)))
        queue.add(try Self.unit("next", deadline: .milliseconds(1_001)))
        #expect(queue.expiry == Self.start + .seconds(1))
        #expect(queue.takeExpired(now: Self.start).isEmpty)
        let late = queue.takeExpired(now: Self.start + .seconds(1))
        #expect(late.map { $0.statements[0].key.sql } == ["quick"])
        #expect(queue.expiry == Self.start + .seconds(1) + UnitQueue.minExpiryInterval)
        #expect(queue.takeExpired(now: Self.start + .milliseconds(1_002)).isEmpty)
        #expect(queue.takeExpired(now: Self.start + .milliseconds(1_005)).count == 1)
        #expect(queue.expiry == Self.start + .seconds(10))
    }

    @Test("closing takes what was never sent and leaves what was rolled back")
    func closing() throws {
        var queue = UnitQueue()
        queue.add(try Self.unit("fresh"))
        queue.addAgain([try Self.unit("again")])
        #expect(Self.names([queue.takeFresh()]) == [["fresh"]])
        #expect(queue.hasReruns)
        #expect(Self.names([queue.takeAll()]) == [["again"]])
    }
}
