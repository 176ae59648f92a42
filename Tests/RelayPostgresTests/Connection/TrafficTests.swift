import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Much traffic", .timeLimit(.minutes(2)))
struct TrafficTests {
    @Test("200 MiB each way in one batch pass without either side waiting for the other")
    func bothWays() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let session = TestSession(url: database.url) {
                $0.maxBatchBytes = 1024 * 1024 * 1024
                $0.maxQueuedBytes = 1024 * 1024 * 1024
            }
            let mebibyte = String(repeating: "0123456789abcdef", count: 65_536)
            let unit = PGUnit("SELECT $1::text", [.text(mebibyte)], deadline: .seconds(100))
            let outcomes = try await session.outcomes(of: Array(repeating: unit, count: 200))
            let sizes = try outcomes.map { try $0.get()[0].size(0, 0) }
            #expect(sizes == Array(repeating: 1_048_576, count: 200))
            await session.end()
        }
    }

    @Test("a batch is cut at its bounds, and a unit beyond them goes by itself")
    func batchBounds() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (b bytea, x xid8 DEFAULT pg_current_xact_id())")
            let session = TestSession(url: database.url) {
                $0.maxBatchBytes = 10_000
                $0.maxBatchUnits = 5
            }
            let sizes = [1, 1, 1, 1, 1, 1, 1, 50_000, 6_000, 6_000]
            let units = sizes.map {
                PGUnit(
                    "INSERT INTO public.t (b) VALUES ($1)",
                    [.bytes(Array(repeating: 7, count: $0))]
                )
            }
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.compactMap(\.code).isEmpty)
            let groups = try raw.run(
                "SELECT string_agg(length(b)::text, ',' ORDER BY ctid) FROM t GROUP BY x ORDER BY x"
            )
            #expect(groups == [["1,1,1,1,1"], ["1,1"], ["50000"], ["6000"], ["6000"]])
            await session.end()
        }
    }
}
