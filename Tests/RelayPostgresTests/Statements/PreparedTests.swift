import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Prepared statements", .timeLimit(.minutes(1)))
struct PreparedTests {
    private static let prepared = "SELECT count(*) FROM pg_prepared_statements"

    @Test("a statement is prepared once a connection, however often it runs")
    func preparedOnce() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            for number in Int64(0)..<5 {
                #expect(
                    try await session.run("SELECT $1::bigint", [.int8(number)]) == [["\(number)"]]
                )
            }
            // Itself and the one above.
            #expect(try await session.run(Self.prepared) == [["2"]])
            await session.end()
        }
    }

    @Test("beyond their limit statements run unprepared")
    func limit() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = TestSession(url: database.url) { $0.maxPreparedStatements = 3 }
            for number in Int64(0)..<10 {
                let sql = "SELECT \(number) + $1::bigint, $2::text[]"
                let rows = try await session.run(sql, [.int8(1), .textArray(["a"])])
                #expect(rows == [["\(number + 1)", "{a}"]])
            }
            #expect(try await session.run(Self.prepared) == [["3"]])
            await session.end()
        }
    }

    @Test("a plan whose result type has changed is made anew (0A000)")
    func staleplan() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
            let session = database.session()
            #expect(try await session.run("SELECT * FROM public.t") == [["1"]])
            try raw.run("ALTER TABLE t ADD b text DEFAULT 'x'")
            #expect(try await session.run("SELECT * FROM public.t") == [["1", "x"]])
            try raw.run("ALTER TABLE t ALTER a TYPE bigint")
            let shared = (0..<20).map { _ in PGUnit("SELECT * FROM public.t") }
            let outcomes = try await session.outcomesOfOneBatch(shared, on: database)
            #expect(outcomes.compactMap(\.code).isEmpty)
            await session.end()
        }
    }

    @Test("statements that the server has forgotten are prepared again (26000)")
    func forgotten() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            #expect(try await session.run("SELECT 'a'") == [["a"]])
            try await session.run("DEALLOCATE ALL")
            let outcomes = try await session.outcomesOfOneBatch(
                [PGUnit("SELECT 'a'"), PGUnit("SELECT 'b'"), PGUnit("SELECT 'a'", alone: true)],
                on: database
            )
            #expect(try outcomes.map { try $0.get()[0].text(0, 0) } == ["a", "b", "a"])
            await session.end()
        }
    }

    @Test("a feature that the server really lacks is an error like any other")
    func realFeatureError() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run(
                """
                CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '0A000'; END $$
                """
            )
            let session = database.session()
            for _ in 0..<2 {
                let outcomes = try await session.outcomes(of: [PGUnit("SELECT public.f()")])
                #expect(outcomes.map(\.sqlState) == [.featureNotSupported])
            }
            await session.end()
        }
    }

    @Test("a statement that cannot be prepared fails alone, each time, and can be mended meanwhile")
    func failingPreparation() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            let session = database.session()
            let units = [PGUnit("SELECT 1"), PGUnit("SELECT n FROM public.t"), PGUnit("SELECT 2")]
            for _ in 0..<2 {
                let outcomes = try await session.outcomesOfOneBatch(units, on: database)
                #expect(outcomes.map(\.sqlState) == [nil, .undefinedTable, nil])
            }
            try raw.run("CREATE TABLE t (n int)")
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.compactMap(\.code).isEmpty)
            await session.end()
        }
    }

    @Test("a statement first seen behind a failing one of its transaction is prepared later")
    func preparationSkipped() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            let units = [
                PGUnit([PGStatement("SELECT 1 / 0"), PGStatement("SELECT 'new'")], alone: true),
                PGUnit("SELECT 'new'", alone: true),
            ]
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.map(\.sqlState?.rawValue) == ["22012", nil])
            #expect(try outcomes[1].get()[0].text(0, 0) == "new")
            await session.end()
        }
    }

    @Test("a unit may use the table that it has just created")
    func dataDefinition() async throws {
        try await TestDatabase.withSchema { database, schema async throws in
            let session = database.session()
            let unit = PGUnit([
                PGStatement("CREATE TABLE \(schema).t (n int)", isPrepared: false),
                PGStatement("INSERT INTO \(schema).t VALUES (1), (2)"),
                PGStatement("SELECT count(*) FROM \(schema).t"),
            ])
            let results = try await session.connection.submit(unit)
            #expect(results[1].affectedRows == 2 && results[2].int8(0, 0) == 2)
            await session.end()
        }
    }
}
