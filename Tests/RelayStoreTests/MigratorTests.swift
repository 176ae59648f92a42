import PostgresTestSupport
import RelayPostgres
import RelayStore
import Testing

@Suite("The schema")
struct MigratorTests {
    @Test("is made once, and made again changes nothing")
    func idempotent() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let migrator = Migrator(
                connection: session.connection,
                schema: try SchemaName("public")
            )
            #expect(try await migrator.migrate(.init()).changed)
            #expect(try await !migrator.migrate(.init()).changed)
            let shape = try await migrator.shape()
            #expect(shape.origin == .relay)
            #expect(shape.hasKeys && shape.hasOutcomes && shape.hasProducers)
            let comment = try await session.run(
                "SELECT obj_description('public.oban_jobs'::regclass, 'pg_class')"
            )
            #expect(comment == [["14"]])
            await session.end()
        }
    }

    @Test("of Oban is recognised and left as it is, unless its parts are asked for")
    func leavesObansAlone() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let name = try SchemaName("public")
            let migrator = Migrator(connection: session.connection, schema: name)
            _ = try await migrator.migrate(.init())
            // What is left is Oban for Elixir's.
            try await session.run("DROP TABLE public.relay_keys, public.relay_outcomes")
            try await session.run("DROP FUNCTION public.relay_observe() CASCADE")
            #expect(try await migrator.shape().origin == .elixir(version: "14"))
            #expect(try await !migrator.migrate(.init()).changed)
            #expect(try await migrator.migrate(.init(keys: true)).changed)
            let shape = try await migrator.shape()
            #expect(shape.hasKeys && !shape.hasOutcomes)
            #expect(shape.origin == .elixir(version: "14"))
            await session.end()
        }
    }
}
