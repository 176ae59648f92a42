import CLibpq
import Testing

@testable import RelayPostgres

@Suite("The batch under way, as a value")
struct FlightTests {
    private static let start = ContinuousClock.now
    private static let refused = PGError.server(SQLState(rawValue: "22012"), PGError.Report())

    private static func unit(
        _ statements: Int = 1,
        deadline: Duration = .seconds(10)
    ) throws -> Submission {
        let statements = Array(repeating: PGStatement("SELECT 1"), count: statements)
        return try Submission(PGUnit(statements, deadline: deadline), now: start) { _ in }
    }

    private static var result: Received {
        get throws {
            try unsafe .result(
                PGResult(owning: #require(PQmakeEmptyPGresult(nil, PGRES_COMMAND_OK)))
            )
        }
    }

    /// A flight of transactions, each with that many units of one statement.
    private static func flight(_ sizes: [Int]) throws -> Flight {
        var flight = Flight()
        for size in sizes {
            flight.begin(try (0..<size).map { _ in try unit() })
            for index in 0..<size { flight.sentStatement(unit: index, cached: nil) }
            flight.sentSync()
        }
        return flight
    }

    private static func isLost(_ step: Flight.Step) -> Bool {
        if case .lost = step { true } else { false }
    }

    @Test("a transaction ends at its sync, not at its last result")
    func endsAtSync() throws {
        var flight = try Self.flight([2])
        for _ in 0..<2 {
            guard case .more = flight.received(try Self.result), case .more = flight.received(.end)
            else {
                Issue.record("more is to come")
                return
            }
        }
        #expect(!flight.isDone)
        guard case .ended(let segment) = flight.received(.sync) else {
            Issue.record("the sync ends it")
            return
        }
        #expect(segment.verdict().answers.count == 2 && segment.failure == nil)
        #expect(flight.isDone && flight.lastDeadline == nil)
    }

    @Test("no end follows a sync; the next transaction begins at once")
    func noEndAfterSync() throws {
        var flight = try Self.flight([1, 1])
        _ = flight.received(try Self.result)
        _ = flight.received(.end)
        _ = flight.received(.sync)
        #expect(Self.isLost(flight.received(.end)))
    }

    @Test("what comes in an order that cannot be gives the connection up")
    func confusion() throws {
        for wrong in [Received.end, .sync, .aborted, .lost(Self.refused)] {
            var flight = try Self.flight([1])
            #expect(Self.isLost(flight.received(wrong)))
        }
        var flight = try Self.flight([1])
        _ = flight.received(try Self.result)
        #expect(Self.isLost(flight.received(try Self.result)))
        var empty = Flight()
        #expect(Self.isLost(empty.received(.sync)))
    }

    @Test(
        "a failed commit is nobody's fault, with or without libpq's end before the sync",
        arguments: 0...2
    )
    func failedCommit(ends: Int) throws {
        var flight = try Self.flight([2])
        for _ in 0..<2 {
            _ = flight.received(try Self.result)
            _ = flight.received(.end)
        }
        _ = flight.received(.failed(Self.refused))
        for _ in 0..<ends { _ = flight.received(.end) }
        guard case .ended(let segment) = flight.received(.sync) else {
            Issue.record("the sync ends it")
            return
        }
        #expect(segment.failure?.unit == nil && segment.failure != nil)
        let verdict = segment.verdict()
        #expect(verdict.answers.isEmpty)
        #expect(verdict.again.map(\.isIsolated) == [true, true])
    }

    @Test("an end of the session says nothing of the transaction, so the connection is given up")
    func shutdown() throws {
        var flight = try Self.flight([1])
        let error = PGError.server(.adminShutdown, PGError.Report())
        #expect(Self.isLost(flight.received(.failed(error))))
        #expect(flight.abandon().count == 1 && flight.isDone)
    }

    @Test("the guilty one is set apart, and after two such failures everybody is")
    func bystanders() throws {
        var segment = Segment(try (0..<4).map { _ in try Self.unit() })
        for round in 1...3 {
            segment.failure = Segment.Failure(unit: 1, cached: nil, error: Self.refused)
            let again = segment.verdict().again
            #expect(
                again.map(\.isIsolated)
                    == (round < 3 ? [false, true, false, false] : Array(repeating: true, count: 4))
            )
            segment = Segment(
                try again.map { unit in
                    var copy = try Self.unit()
                    copy.bystanderFailures = unit.bystanderFailures
                    return copy
                }
            )
        }
    }

    @Test("a late unit is told once, while the batch goes on")
    func lateUnits() throws {
        var flight = Flight()
        flight.begin([try Self.unit(deadline: .seconds(1)), try Self.unit(deadline: .seconds(3))])
        #expect(flight.takeExpired(now: Self.start).isEmpty)
        #expect(flight.takeExpired(now: Self.start + .seconds(2)).count == 1)
        #expect(flight.takeExpired(now: Self.start + .seconds(2)).isEmpty)
        #expect(flight.firstDeadline == Self.start + .seconds(3))
        #expect(flight.lastDeadline == Self.start + .seconds(3))
    }
}
