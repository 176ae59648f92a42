import FoundationEssentials
import Logging
import PostgresTestSupport
import RelayPostgres
import Testing

@testable import RelayStore

/// A plan is made when the table is empty, and is kept while it grows.
@Suite("Plans that were made for an empty table")
struct PlanTests {
    @Test("join a batch of outcomes by the primary key and one hash")
    func finishing() async throws {
        let plan = try await plan(
            of: FinishJobs.sql(SchemaName("public")),
            as: "bigint[], int[], text[], bigint[], text[], text[], text, bool[]",
            under: PlannerSettings.batches
        )
        #expect(plan.contains("Hash Join"))
        #expect(plan.contains("oban_jobs_pkey"))
        #expect(!plan.contains("Nested Loop"), "each row would be compared with all of the batch")
        #expect(!plan.contains("Seq Scan on oban_jobs"))
        #expect(!plan.contains("Index Cond: (state"), "all that is executing would be walked")
    }

    @Test("find a batch's rows in the same way where rows that are locked are passed by")
    func passing() async throws {
        let plan = try await plan(
            of: FinishJobs.sql(SchemaName("public"), passing: true),
            as: "bigint[], int[], text[], bigint[], text[], text[], text, bool[]",
            under: PlannerSettings.batches
        )
        #expect(!plan.contains("Nested Loop"))
        #expect(!plan.contains("Seq Scan on oban_jobs"))
        #expect(!plan.contains("Index Cond: (state"))
    }

    @Test("claim in the order of the index, and sort nothing that waits")
    func claiming() async throws {
        let plan = try await plan(
            of: ClaimJobs.sql(SchemaName("public")),
            as: "text, int, bigint, text, text",
            under: PlannerSettings.claims
        )
        #expect(plan.contains("oban_jobs_state_queue_priority_scheduled_at_id_index"))
        #expect(!plan.contains("Seq Scan on oban_jobs"))
        #expect(!plan.contains("Nested Loop"))
        // Above the claim only what was claimed is sorted.
        let below = plan.components(separatedBy: "LockRows").dropFirst().first ?? ""
        #expect(!below.prefix { $0 != "\n" }.contains("Sort"))
        #expect(below.split(separator: "\n").dropFirst().first?.contains("Index Scan") == true)
    }

    /// The generic plan, as a connection with these settings would keep it.
    private func plan(
        of sql: String,
        as types: String,
        under settings: [String: String]
    ) async throws -> String {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            await node.stop()
            var configuration = PGConfiguration(conninfo: database.url, applicationName: "plans")
            configuration.settings = settings.merging(
                ["plan_cache_mode": "force_generic_plan"]
            ) { $1 }
            let connection = PGConnection(
                configuration: configuration,
                name: "plans",
                logger: Logger(label: "test")
            )
            connection.start()
            defer { connection.close() }
            let nulls = types.split(separator: ",").map { "NULL::\($0)" }.joined(separator: ", ")
            let found = try await connection.submit(
                PGUnit(
                    [
                        PGStatement("PREPARE planned (\(types)) AS \(sql)", isPrepared: false),
                        PGStatement("EXPLAIN EXECUTE planned (\(nulls))", isPrepared: false),
                    ],
                    alone: true,
                    deadline: .seconds(10)
                )
            )
            let rows = try #require(found.last)
            return (0..<rows.rowCount).compactMap { rows.text($0, 0) }.joined(separator: "\n")
        }
    }
}
