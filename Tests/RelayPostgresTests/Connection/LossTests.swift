import Glibc
import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Losing the connection", .timeLimit(.minutes(1)))
struct LossTests {
    @Test("after a loss while idle the next unit is carried out on a new connection")
    func whileIdle() async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(onEvent: log.record)
            let raw = try database.raw()
            var last: Int32?
            for _ in 0..<3 {
                let pid = try #require(await log.nextBackend())
                #expect(pid != last)
                last = pid
                // Prepared again on each connection.
                #expect(try await session.run("SELECT pg_backend_pid()") == [["\(pid)"]])
                try raw.run("SELECT pg_terminate_backend(\(pid))")
                #expect(await log.nextLoss()?.sqlState == .adminShutdown)
            }
            #expect(try await session.run("SELECT 1") == [["1"]])
            await session.end()
        }
    }

    @Test(
        "after a loss in the midst of a batch what was sent is unknown, and what was not is carried out"
    )
    func midBatch() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int)")
            let log = EventLog()
            let session = database.session(onEvent: log.record)
            let pid = try #require(await log.nextBackend())
            let barrier = try Barrier(database)
            let insert = (Int32(0)..<3).map {
                PGUnit("INSERT INTO public.t VALUES ($1)", [.int4($0)])
            }
            let outcomes = try await session.outcomes(of: [Barrier.unit] + insert) {
                try await barrier.waitUntilHit()
                async let later = session.outcomes(of: [insert[0]])
                try raw.run("SELECT pg_terminate_backend(\(pid))")
                try barrier.open()
                #expect(try await later.map(\.code) == [nil])
            }
            // The barrier was sent; the inserts were or were not, but nobody is told that they failed.
            #expect(outcomes[0].code == .unknown && outcomes[0].sqlState == .adminShutdown)
            for outcome in outcomes { #expect(outcome.code == nil || outcome.code == .unknown) }
            let committed = outcomes.filter { $0.code == nil }.count + 1
            #expect(try raw.value("SELECT count(*) FROM t") == "\(committed)")
            await session.end()
        }
    }

    @Test(
        "without a server units wait until their deadline and are then unavailable, never unknown"
    )
    func noServer() async throws {
        let log = EventLog()
        let session = TestSession(
            url: "postgres://nobody@%2Fnowhere/none",
            configure: { $0.reconnectDelay = .milliseconds(1)...(.milliseconds(5)) },
            onEvent: log.record
        )
        let start = ContinuousClock.now
        let outcomes = try await session.outcomes(of: [
            PGUnit("SELECT 1", deadline: .milliseconds(200)),
            PGUnit("SELECT 1", deadline: .milliseconds(50)),
            PGUnit("SELECT 1", deadline: .zero),
        ])
        #expect(outcomes.map(\.code) == [.unavailable, .unavailable, .unavailable])
        #expect(start.duration(to: .now) >= .milliseconds(200))
        #expect(log.events.count > 3)
        await session.end()
    }

    @Test("a server that hangs is given up at the deadline, and another connection is made")
    func hungServer() async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(onEvent: log.record)
            let pid = try #require(await log.nextBackend())
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGCONT) }
            let unit = PGUnit("SELECT 1", deadline: .milliseconds(300))
            let outcomes = try await session.outcomes(of: [unit])
            #expect(outcomes.map(\.code) == [.deadline])
            let loss = try #require(await log.nextLoss())
            #expect(loss.message.contains("did not answer in time"))
            #expect(try await session.run("SELECT 1") == [["1"]])
            await session.end()
        }
    }

    @Test("a unit that is late is told so, while its neighbour's work goes on")
    func lateNeighbour() async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(onEvent: log.record)
            let pid = try #require(await log.nextBackend())
            let outcomes = try await session.outcomes(of: [
                PGUnit("SELECT pg_sleep(0.5)", alone: true, deadline: .seconds(20)),
                PGUnit("SELECT 1", deadline: .milliseconds(100)),
            ])
            #expect(outcomes[0].code == nil)
            #expect(outcomes[1].code == .deadline || outcomes[1].code == .unavailable)
            #expect(try await session.run("SELECT pg_backend_pid()") == [["\(pid)"]])
            await session.end()
        }
    }

    @Test("closing lets finish what is under way, and fails what waits")
    func closing() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let barrier = try Barrier(database)
            async let first = session.outcomes(of: [Barrier.unit])
            try await barrier.waitUntilHit()
            let second = try await session.outcomes(of: [PGUnit("SELECT 1")]) {
                session.connection.close()
                try barrier.open()
            }
            #expect(try await first.map(\.code) == [nil])
            #expect(second.map(\.code) == [.closed])
            await session.connection.waitUntilClosed()
            let late = try await session.outcomes(of: [PGUnit("SELECT 1")])
            #expect(late.map(\.code) == [.closed])
        }
    }

    @Test("a connection that was never started answers when it is closed")
    func neverStarted() async throws {
        let session = TestSession(url: "host=/nowhere", starts: false)
        let outcomes = try await session.outcomes(of: [PGUnit("SELECT 1")]) {
            session.connection.close()
        }
        #expect(outcomes.map(\.code) == [.closed])
        await session.connection.waitUntilClosed()
    }

    @Test("beyond its bounds a connection refuses at once, and takes units again once it has room")
    func overload() async throws {
        try await TestDatabase.with { database in
            let session = TestSession(url: database.url) {
                $0.maxQueuedUnits = 10
                $0.maxQueuedBytes = 1_000_000
            }
            let barrier = try Barrier(database)
            session.connection.submit(Barrier.unit) { _ in }
            try await barrier.waitUntilHit()
            let big = PGUnit("SELECT $1::bytea", [.bytes(Array(repeating: 0, count: 1_000_000))])
            let refused = try await session.outcomes(of: [big])
            #expect(refused.map(\.code) == [.overloaded])
            let units = (0..<12).map { _ in PGUnit("SELECT 1") }
            let outcomes = try await session.outcomes(of: units) { try barrier.open() }
            #expect(outcomes.filter { $0.code == nil }.count >= 9)
            #expect(outcomes.suffix(2).map(\.code) == [.overloaded, .overloaded])
            #expect(try await session.run("SELECT 1") == [["1"]])
            await session.end()
        }
    }

    @Test("a server that says it is read-only is left, and the unit is carried out elsewhere")
    func readOnly() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int)")
            let log = EventLog()
            let session = database.session(onEvent: log.record)
            let first = try #require(await log.nextBackend())
            try await session.run("SELECT set_config('default_transaction_read_only', 'on', false)")
            let outcomes = try await session.outcomes(of: [
                PGUnit("INSERT INTO public.t VALUES (1)")
            ])
            #expect(outcomes.map(\.code) == [nil])
            #expect(await log.nextLoss()?.sqlState == .readOnlyTransaction)
            #expect(await log.nextBackend() != first)
            #expect(try raw.value("SELECT count(*) FROM t") == "1")
            await session.end()
        }
    }
}
