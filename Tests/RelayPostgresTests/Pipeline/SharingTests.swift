import NIOConcurrencyHelpers
import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Units that share a transaction", .timeLimit(.minutes(1)))
struct SharingTests {
    private static func insert(_ number: Int32, alone: Bool = false) -> PGUnit {
        PGUnit("INSERT INTO public.t (n) VALUES ($1)", [.int4(number)], alone: alone)
    }

    @Test("1,000 units submitted at once are committed in few transactions")
    func groupCommit() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int, x xid8 DEFAULT pg_current_xact_id())")
            let session = database.session()
            let barrier = try Barrier(database)
            session.connection.submit(Barrier.unit) { _ in }
            try await barrier.waitUntilHit()
            let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
                let begun = NIOLockedValueBox(0)
                for number in Int32(0)..<1_000 {
                    group.addTask {
                        begun.withLockedValue { $0 += 1 }
                        return (try? await session.connection.submit(Self.insert(number))) == nil
                    }
                }
                while begun.withLockedValue({ $0 }) < 1_000 { await Task.yield() }
                try barrier.open()
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(failures == 0)
            #expect(try raw.value("SELECT count(*) FROM t") == "1000")
            let transactions = try #require(Int(raw.value("SELECT count(DISTINCT x) FROM t")))
            #expect(transactions <= 10)
            await session.end()
        }
    }

    @Test("neighbours in a batch share one transaction, and those alone have their own")
    func segments() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int, x xid8 DEFAULT pg_current_xact_id())")
            let session = database.session()
            let units = (Int32(0)..<6).map { Self.insert($0, alone: $0 == 3) }
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.compactMap(\.code).isEmpty)
            let groups = try raw.run(
                "SELECT string_agg(n::text, ',' ORDER BY n) FROM t GROUP BY x ORDER BY x"
            )
            #expect(groups == [["0,1,2"], ["3"], ["4,5"]])
            await session.end()
        }
    }

    @Test("only the guilty unit of a shared transaction fails, and its neighbours are committed")
    func innocentsAreRunAgain() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int PRIMARY KEY CHECK (n <> 7))")
            let session = database.session()
            let units = (Int32(0)..<50).map { Self.insert($0) }
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.indices.filter { outcomes[$0].code != nil } == [7])
            #expect(outcomes[7].sqlState == .checkViolation)
            #expect(try raw.value("SELECT count(*) FROM t") == "49")
            await session.end()
        }
    }

    @Test("many guilty units fail one by one, and everybody else is committed once")
    func manyGuilty() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int CHECK (n % 10 <> 7))")
            let session = database.session()
            let units = (Int32(0)..<200).map { Self.insert($0) }
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            let failed = outcomes.indices.filter { outcomes[$0].code != nil }
            #expect(failed == (0..<200).filter { $0 % 10 == 7 })
            #expect(
                try raw.value("SELECT count(*) || ' ' || count(DISTINCT n) FROM t") == "180 180"
            )
            await session.end()
        }
    }

    @Test("a failure of one transaction leaves the next ones of the batch alone")
    func errorIsolation() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int)")
            let session = database.session()
            let units = [
                Self.insert(1, alone: true), PGUnit("SELECT 1 / 0", alone: true),
                Self.insert(2, alone: true),
            ]
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.map(\.sqlState?.rawValue) == [nil, "22012", nil])
            #expect(try raw.run("SELECT n FROM t ORDER BY n") == [["1"], ["2"]])
            await session.end()
        }
    }

    @Test("a unit of several statements is carried out as a whole or not at all")
    func allOrNothing() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int)")
            let session = database.session()
            let insert = PGStatement("INSERT INTO public.t VALUES ($1)", [.int4(1)])
            let outcomes = try await session.outcomes(of: [
                PGUnit([insert, PGStatement("SELECT 1 / 0"), insert]), PGUnit([insert, insert]),
            ])
            #expect(outcomes.map(\.sqlState?.rawValue) == ["22012", nil])
            #expect(try outcomes[1].get().map(\.affectedRows) == [1, 1])
            #expect(try raw.value("SELECT count(*) FROM t") == "2")
            await session.end()
        }
    }

    @Test("a unit that fails at commit only, by a deferred constraint, takes no neighbour with it")
    func deferredConstraint() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let session = database.session()
            let units = [Int32(1), 2, 2, 3].map { Self.insert($0) }
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.map(\.sqlState) == [nil, nil, .uniqueViolation, nil])
            #expect(try raw.run("SELECT n FROM t ORDER BY n") == [["1"], ["2"], ["3"]])
            await session.end()
        }
    }

    @Test("units are carried out in the order of submission, alone or not")
    func order() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int, place serial)")
            let session = database.session()
            let units = (Int32(0)..<500).map { Self.insert($0, alone: $0 % 17 == 0) }
            let outcomes = try await session.outcomes(of: units)
            #expect(outcomes.compactMap(\.code).isEmpty)
            #expect(
                try raw.value("SELECT count(*) FROM t WHERE n <> place - 1") == "0"
            )
            await session.end()
        }
    }

    @Test("a statement that runs into the server's timeout fails alone, with 57014")
    func statementTimeout() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int)")
            let session = TestSession(url: database.url) {
                $0.statementTimeout = .milliseconds(200)
            }
            let units = [Self.insert(1), PGUnit("SELECT pg_sleep(5)"), Self.insert(2)]
            let outcomes = try await session.outcomes(of: units)
            #expect(outcomes.map(\.sqlState) == [nil, .queryCanceled, nil])
            #expect(try raw.value("SELECT count(*) FROM t") == "2")
            await session.end()
        }
    }

    @Test("transactions that deadlock are run again without troubling anyone")
    func deadlock() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int PRIMARY KEY, hits int DEFAULT 0)")
            try raw.run("INSERT INTO t VALUES (1), (2)")
            try raw.run("ALTER DATABASE \(database.name) SET deadlock_timeout = '20ms'")
            func unit(_ first: Int32, _ second: Int32) -> PGUnit {
                PGUnit(
                    [first, second].flatMap { number in
                        [
                            PGStatement(
                                "UPDATE public.t SET hits = hits + 1 WHERE n = $1",
                                [.int4(number)]
                            ), PGStatement("SELECT pg_sleep(0.3)"),
                        ]
                    },
                    alone: true
                )
            }
            let (left, right) = (database.session(), database.session())
            async let fromLeft = left.outcomes(of: [unit(1, 2)])
            async let fromRight = right.outcomes(of: [unit(2, 1)])
            let outcomes = try await fromLeft + fromRight
            #expect(outcomes.compactMap(\.code).isEmpty)
            #expect(try raw.run("SELECT hits FROM t") == [["2"], ["2"]])
            #expect(
                try raw.value(
                    "SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()"
                ) == "t"
            )
            await left.end()
            await right.end()
        }
    }
}
