import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Units on one connection")
struct PipelineTests {
    @Test("an innocent unit is carried out though its neighbour in the batch fails")
    func innocentsAreRunAgain() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            try await session.run("CREATE TABLE public.t (n int PRIMARY KEY)")
            let outcomes = await withTaskGroup(of: (Int32, Bool).self) { group in
                for number in Int32(0)..<50 {
                    group.addTask {
                        let text =
                            number == 7
                            ? "SELECT 1 / ($1::int - 7)" : "INSERT INTO public.t VALUES ($1::int)"
                        let result = try? await session.connection.submit(
                            PGUnit(text, [.int4(number)])
                        )
                        return (number, result != nil)
                    }
                }
                return await group.reduce(into: [Int32: Bool]()) { $0[$1.0] = $1.1 }
            }
            #expect(outcomes.filter { !$0.value }.map(\.key) == [7])
            #expect(try await session.run("SELECT count(*) FROM public.t") == [["49"]])
            await session.end()
        }
    }

    @Test("units that wait while a batch is under way share one transaction")
    func groupCommit() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            try await session.run(
                "CREATE TABLE public.t (n int, x xid8 DEFAULT pg_current_xact_id())"
            )
            await withTaskGroup(of: Void.self) { group in
                for number in Int32(0)..<1_000 {
                    group.addTask {
                        _ = try? await session.connection.submit(
                            PGUnit("INSERT INTO public.t (n) VALUES ($1::int)", [.int4(number)])
                        )
                    }
                }
            }
            let rows = try await session.run("SELECT count(*), count(DISTINCT x) FROM public.t")
            #expect(rows[0][0] == "1000")
            #expect(Int(rows[0][1] ?? "") ?? 1_000 < 200)
            await session.end()
        }
    }

    @Test("arrays and bytes arrive as they were sent")
    func parameters() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let rows = try await session.run(
                "SELECT ($1::text[])[2], ($2::bigint[])[1], ($3::bool[])[2], ($4::bytea[])[1], cardinality($5::int[]), $6::text, $7::float8",
                [
                    .textArray(["a", "q\"{},\\ é", nil]), .int8Array([.min, 3]),
                    .boolArray([nil, true]),
                    .byteaArray([[0, 255]]), .int4Array([]), .null, .float8(1.5),
                ]
            )
            #expect(
                rows == [["q\"{},\\ é", "-9223372036854775808", "t", "\\x00ff", "0", nil, "1.5"]]
            )
            await session.end()
        }
    }

    @Test("a terminated backend leaves what was sent unknown, and the connection is made again")
    func terminatedBackend() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let other = database.session()
            let pid = try await session.run("SELECT pg_backend_pid()")[0][0] ?? ""
            async let sleeping = session.connection.submit(
                PGUnit("SELECT pg_sleep(20)", alone: true)
            )
            while try await other.run(
                "SELECT 1 FROM pg_stat_activity WHERE pid = \(pid) AND query LIKE '%pg_sleep%' AND state = 'active'"
            ).isEmpty {}
            try await other.run("SELECT pg_terminate_backend(\(pid))")
            do {
                _ = try await sleeping
                Issue.record("the statement cannot have ended well")
            } catch {
                #expect(
                    (error as? PGError)?.code == .unknown
                        || (error as? PGError)?.sqlState == .adminShutdown
                )
            }
            #expect(try await session.run("SELECT 1") == [["1"]])
            await session.end()
            await other.end()
        }
    }
}
