import PostgresTestSupport
import Subprocess
import Testing

extension EndToEndTests {
    @Suite(.serialized) struct Doctor {
        private func examine(
            _ database: TestDatabase,
            _ arguments: String...
        ) async throws -> Binary.Ending {
            try await Binary.run(
                ["doctor"] + arguments,
                environment: ["DATABASE_URL": database.url]
            )
        }

        @Test func whereNothingWasMigratedItSaysSo() async throws {
            try await TestDatabase.with { database in
                let ending = try await examine(database)
                #expect(ending.status == 1)
                #expect(ending.stdout.contains("run `relay migrate`"))
            }
        }

        @Test func everySideOfADatabaseIsLookedAt() async throws {
            try await TestDatabase.with { database in
                _ = try await Binary.run(["migrate"], environment: ["DATABASE_URL": database.url])
                let ending = try await examine(database, "--json")
                for subject in [
                    "Postgres", "connections", "clock", "outcomes", "privileges", "LISTEN",
                ] {
                    #expect(
                        ending.lines.contains {
                            $0.contains("\"verdict\":\"ok\",\"subject\":\"\(subject)\"")
                        },
                        "\(subject): \(ending.stdout)"
                    )
                }
            }
        }

        @Test func whatTheRoleLacksIsNamed() async throws {
            try await TestDatabase.with { database in
                _ = try await Binary.run(["migrate"], environment: ["DATABASE_URL": database.url])
                let session = database.session()
                let role = "doctor_\(UInt32.random(in: 0 ... .max))"
                try await session.run("CREATE ROLE \(role) LOGIN")
                let shut = try await Binary.run(
                    ["doctor"],
                    environment: ["DATABASE_URL": "\(database.url)?user=\(role)"]
                )
                #expect(shut.status == 1 && shut.stdout.contains("GRANT USAGE ON SCHEMA public"))
                try await session.run("GRANT USAGE ON SCHEMA public TO \(role)")
                try await session.run("GRANT SELECT, INSERT ON public.oban_jobs TO \(role)")
                let ending = try await Binary.run(
                    ["doctor"],
                    environment: ["DATABASE_URL": "\(database.url)?user=\(role)"]
                )
                #expect(ending.status == 1, "\(ending.stderr)")
                #expect(ending.stdout.contains("lacks UPDATE on oban_jobs"))
                try await session.run("DROP OWNED BY \(role)")
                try await session.run("DROP ROLE \(role)")
                await session.end()
            }
        }
    }
}
