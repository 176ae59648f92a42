import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Parameters and results", .timeLimit(.minutes(1)))
struct ValueTests {
    @Test("arrays and bytes arrive as they were sent")
    func arrays() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            let rows = try await session.run(
                """
                SELECT ($1::text[])[2], ($2::bigint[])[1], ($3::bool[])[2], ($4::bytea[])[1],
                    cardinality($5::int[]), $6::text, $7::float8, $8::bytea, ($1::text[])[3]
                """,
                [
                    .textArray(["a", "q\"{},\\ é", nil]), .int8Array([.min, 3]),
                    .boolArray([nil, true]), .byteaArray([[0, 255]]), .int4Array([]), .null,
                    .float8(1.5), .bytes([]),
                ]
            )
            #expect(
                rows == [
                    [
                        "q\"{},\\ é", "-9223372036854775808", "t", "\\x00ff", "0", nil, "1.5",
                        "\\x", nil,
                    ]
                ]
            )
            await session.end()
        }
    }

    @Test("the server infers the type of single values, whatever they are first used with")
    func inference() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            let sql = "SELECT $1::jsonb->>'a', $2::timestamptz = 'epoch', $3::bigint[]"
            let json = PGValue.text(#"{"a": "b"}"#)
            #expect(
                try await session.run(sql, [json, .text("1970-01-01T00:00:00Z"), .null])
                    == [["b", "t", nil]]
            )
            #expect(
                try await session.run(sql, [json, .null, .int8Array([1])]) == [["b", nil, "{1}"]]
            )
            await session.end()
        }
    }

    @Test("accessors read what the session's settings make the server write")
    func accessors() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            let unit = PGUnit(
                """
                SELECT 42, true, 'é', '\\x00ff10'::bytea, timestamptz '2026-01-31 12:00:00.25+02',
                    timestamp '2026-01-31 10:00:00.25', ARRAY['a', NULL, 'b"\\ c'], ARRAY[1, NULL]::bigint[],
                    1e300::float8, NULL AS nothing
                """
            )
            let row = try #require(try await session.connection.submit(unit).first)
            #expect(row.rowCount == 1 && row.columnCount == 10)
            #expect(row.int8(0, 0) == 42 && row.int4(0, 0) == 42 && row.int(0, 0) == 42)
            #expect(row.bool(0, 1) == true)
            #expect(row.text(0, 2) == "é" && row.size(0, 2) == 2)
            #expect(row.bytes(0, 3) == [0, 255, 16])
            #expect(row.micros(0, 4) == 1_769_853_600_250_000)
            #expect(row.micros(0, 5) == 1_769_853_600_250_000)
            #expect(row.textArray(0, 6) == ["a", nil, "b\"\\ c"])
            #expect(row.int8Array(0, 7) == [1, nil])
            #expect(row.float8(0, 8) == 1e300)
            #expect(row.isNull(0, 9) && row.text(0, 9) == nil)
            #expect(row.columnName(9) == "nothing" && row.columnName(10) == nil)
            await session.end()
        }
    }

    @Test("accessors answer nil where there is nothing, or nothing of that kind")
    func accessorsNeverTrap() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            let unit = PGUnit("SELECT 'x', 99999999999999999999::numeric, -1::bigint")
            let row = try #require(try await session.connection.submit(unit).first)
            #expect(row.int8(0, 0) == nil && row.bool(0, 0) == nil && row.micros(0, 0) == nil)
            #expect(row.textArray(0, 0) == nil && row.float8(0, 0) == nil)
            #expect(row.int8(0, 1) == nil)
            #expect(row.int8(1, 0) == nil && row.int8(-1, 0) == nil && row.int8(0, 3) == nil)
            #expect(row.isNull(.max, .min) && row.size(5, 5) == 0)
            await session.end()
        }
    }

    @Test("text with a NUL is refused before it is sent, and only its unit fails")
    func nul() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n text)")
            let session = database.session()
            let insert = "INSERT INTO public.t VALUES ($1)"
            let outcomes = try await session.outcomesOfOneBatch(
                [
                    PGUnit(insert, [.text("a")]), PGUnit(insert, [.text("b\0c")]),
                    PGUnit("SELECT $1::text[]", [.textArray(["\0"])]), PGUnit(insert, [.text("d")]),
                ],
                on: database
            )
            let refused = SQLState.characterNotInRepertoire
            #expect(outcomes.map(\.sqlState) == [nil, refused, refused, nil])
            #expect(try raw.run("SELECT n FROM t ORDER BY n") == [["a"], ["d"]])
            await session.end()
        }
    }

    @Test("jsonb that escapes a NUL is the server's to refuse, and only its unit fails")
    func escapedNUL() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (j jsonb)")
            let session = database.session()
            let outcomes = try await session.outcomesOfOneBatch(
                [#""a""#, #""\u0000""#, #""b""#].map {
                    PGUnit("INSERT INTO public.t VALUES ($1)", [.text($0)])
                },
                on: database
            )
            #expect(outcomes.map(\.sqlState) == [nil, .untranslatableCharacter, nil])
            #expect(try raw.value("SELECT count(*) FROM t") == "2")
            await session.end()
        }
    }

    @Test("BEGIN, COMMIT and COPY are refused, since a unit is a transaction already")
    func transactionControl() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            let sql = ["BEGIN", " commit", "\nRollback;", "COPY t FROM STDIN", "SELECT 1", ""]
            let outcomes = try await session.outcomes(of: sql.map { PGUnit($0) })
            let refused = SQLState.featureNotSupported
            #expect(outcomes.map(\.sqlState) == [refused, refused, refused, refused, nil, nil])
            await session.end()
        }
    }

    @Test("a unit without statements asks whether the server answers")
    func emptyUnit() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = database.session()
            #expect(try await session.connection.submit(PGUnit([])).isEmpty)
            await session.end()
        }
    }

    @Test("what the server says is told without values; they are for debugging")
    func errorsAreSafe() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (secret text CONSTRAINT only_once UNIQUE)")
            let session = database.session()
            let units = [
                PGUnit("INSERT INTO public.t VALUES ($1)", [.text("hunter2")]),
                PGUnit("INSERT INTO public.t VALUES ($1)", [.text("hunter2")]),
                PGUnit("SELECT $1::int", [.text("hunter2")]),
            ]
            let outcomes = try await session.outcomes(of: units)
            guard case .failure(let duplicate) = outcomes[1],
                case .failure(let wrong) = outcomes[2]
            else {
                Issue.record("both must fail")
                return
            }
            #expect(duplicate.constraint == "only_once" && duplicate.report?.table == "t")
            #expect(!"\(duplicate) \(wrong)".contains("hunter2"))
            #expect(duplicate.debugDescription.contains("hunter2"))
            #expect(wrong.debugDescription.contains("hunter2"))
            await session.end()
        }
    }
}
