import NIOConcurrencyHelpers
import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Nothing lost, nothing done twice", .timeLimit(.minutes(2)))
struct LedgerTests {
    @Test(
        "whatever ends sessions meanwhile, every answer agrees with the table, and each comes once"
    )
    func underTermination() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            try raw.run("CREATE TABLE t (n int CHECK (n % 50 <> 49))")
            let session = TestSession(url: database.url) {
                $0.reconnectDelay = .milliseconds(1)...(.milliseconds(10))
            }
            let count = 4_000
            let answers = NIOLockedValueBox<[Int: Int]>([:])
            let outcomes = NIOLockedValueBox<[Int: PGError.Code?]>([:])
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        for number in stride(from: worker, to: count, by: 4) {
                            let unit = PGUnit(
                                "INSERT INTO public.t VALUES ($1)",
                                [.int4(Int32(number))],
                                alone: number % 7 == 0
                            )
                            session.connection.submit(unit) { result in
                                var code: PGError.Code?
                                if case .failure(let error) = result { code = error.code }
                                outcomes.withLockedValue { $0[number] = .some(code) }
                                answers.withLockedValue { $0[number, default: 0] += 1 }
                            }
                            if number % 16 == 0 { await Task.yield() }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<20 {
                        try? await Task.sleep(for: .milliseconds(20))
                        _ = try? raw.run(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE datname = current_database() AND application_name = 'test'
                            """
                        )
                    }
                }
            }
            while answers.withLockedValue({ $0.count }) < count {
                try await Task.sleep(for: .milliseconds(5))
            }
            await session.end()
            #expect(answers.withLockedValue { $0.values.allSatisfy { $0 == 1 } })
            let rows = try raw.run("SELECT n, count(*) FROM t GROUP BY n")
            #expect(rows.allSatisfy { $0[1] == "1" })
            let stored = Set(rows.compactMap { $0[0].flatMap { Int($0) } })
            let codes = outcomes.withLockedValue { $0 }
            for number in 0..<count {
                switch codes[number] {
                case .some(nil): #expect(stored.contains(number) && number % 50 != 49)
                case .some(.unknown), .some(.deadline): break
                case .some(.server): #expect(number % 50 == 49 && !stored.contains(number))
                default: Issue.record("\(number): \(String(describing: codes[number]))")
                }
            }
        }
    }
}
