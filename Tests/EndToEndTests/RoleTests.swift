import FoundationEssentials
import PostgresTestSupport
import Subprocess
import Testing

extension EndToEndTests {
    @Suite(.serialized) struct Role {
        /// The statements of the guide, for a role with another name.
        private static func statements(role: String) throws -> [String] {
            let folder = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let guide = try String(
                contentsOf: folder.appending(path: "docs/guide.md"),
                encoding: .utf8
            )
            let block = guide.split(separator: "```").first { $0.contains("CREATE ROLE relay_app") }
            let sql = try #require(block).dropFirst("sql\n".count)
            return sql.replacing("relay_app", with: role).split(separator: ";")
                .map { String($0) }.filter { $0.contains { $0.isLetter } }
        }

        @Test func theRoleOfTheGuideIsEnoughForAGateway() async throws {
            try await TestDatabase.with { database in
                _ = try await Binary.run(["migrate"], environment: ["DATABASE_URL": database.url])
                let session = database.session()
                let role = "app_\(UInt32.random(in: 0 ... .max))"
                for statement in try Self.statements(role: role) {
                    try await session.run(statement)
                }
                let url = "\(database.url)?user=\(role)"

                let doctor = try await Binary.run(["doctor"], environment: ["DATABASE_URL": url])
                #expect(doctor.stdout.contains("ok    privileges"), "\(doctor.stdout)")

                let socket = "unix:/tmp/relay-test-\(UInt64.random(in: 0 ... .max)).sock"
                _ = try await BackgroundProgram.with(
                    ["serve", "--listen", socket, "--http", "off", "--queue", "default:2"],
                    environment: ["DATABASE_URL": url],
                    until: " ready "
                ) { program in
                    let ending = try await Binary.run(
                        ["call", "Fail", #"{"times":1}"#, "--idempotency-key", "k"],
                        environment: ["RELAY_ADDRESS": socket]
                    )
                    #expect(ending.status == 1 && ending.stderr.contains("DemoFailure"))
                    let echo = try await Binary.run(
                        ["call", "Echo", #"{"n":1}"#],
                        environment: ["RELAY_ADDRESS": socket]
                    )
                    #expect(echo.stdout == "{\"n\":1}\n")
                    #expect(await !program.log.text.contains("permission denied"))
                }
                try await session.run("DROP OWNED BY \(role)")
                try await session.run("DROP ROLE \(role)")
                await session.end()
            }
        }
    }
}
