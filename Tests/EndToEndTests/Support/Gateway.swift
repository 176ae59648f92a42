import FoundationEssentials
import PostgresTestSupport
import Subprocess

/// A gateway as its users see it: the built program on a database of its own.
struct Gateway: Sendable {
    let address: String
    let program: BackgroundProgram

    /// Runs a command against the gateway.
    func relay(_ arguments: String..., stdin: String = "") async throws -> Binary.Ending {
        try await Binary.run(arguments, environment: ["RELAY_ADDRESS": address], stdin: stdin)
    }

    /// Runs the body with a gateway on a new database whose demo workers serve `default`.
    static func with(
        _ body: @Sendable (Gateway, TestDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            _ = try await Binary.run(["migrate"], environment: ["DATABASE_URL": database.url])
            _ = try await with(database, queues: ["default:20"]) { gateway in
                try await body(gateway, database)
            }
        }
    }

    /// Runs the body with a gateway on a database that is there.
    static func with(
        _ database: TestDatabase,
        queues: [String] = [],
        arguments: [String] = [],
        body: @Sendable (Gateway) async throws -> Void
    ) async throws -> TerminationStatus {
        let socket = "/tmp/relay-test-\(UInt64.random(in: 0 ... .max)).sock"
        let address = "unix:\(socket)"
        return try await BackgroundProgram.with(
            ["serve", "--listen", address, "--http", "off", "--drain-grace", "5s"]
                + queues.flatMap { ["--queue", $0] } + arguments,
            environment: ["DATABASE_URL": database.url],
            until: " ready "
        ) { program in
            try await body(Gateway(address: address, program: program))
        }
    }
}

/// Runs a body with a folder that is gone afterwards.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let path = "/tmp/relay-test-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(
        atPath: path,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o755]
    )
    let result: Result<Void, any Error>
    do { result = .success(try await body(path)) } catch { result = .failure(error) }
    try FileManager.default.removeItem(atPath: path)
    try result.get()
}

func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}
