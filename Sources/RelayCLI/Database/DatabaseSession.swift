internal import Logging
internal import RelayClient
internal import RelayPostgres
internal import RelayStore

/// One connection to Postgres for a command that needs no more.
struct DatabaseSession: Sendable {
    let connection: PGConnection
    /// Where it leads, without secrets.
    let target: String

    /// Runs a body with a connection; throws `CommandError` for a URL that is none, and what the body throws.
    static func with<Value: Sendable>(
        _ url: String,
        role: String,
        body: (DatabaseSession) async throws -> Value
    ) async throws -> Value {
        let configuration = PGConfiguration(conninfo: url, applicationName: "relay \(role)")
        let target: String
        do {
            target = try configuration.target()
        } catch {
            throw CommandError.usage(
                "the database URL cannot be used: \(OneLine.text(error.message))"
            )
        }
        let connection = PGConnection(
            configuration: configuration,
            name: role,
            logger: Logger(label: "relay") { _ in SwiftLogNoOpLogHandler() }
        )
        connection.start()
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await body(DatabaseSession(connection: connection, target: target))
            )
        } catch let error as PGError {
            result = .failure(Self.commandError(error, target))
        } catch {
            result = .failure(error)
        }
        connection.close()
        await connection.waitUntilClosed()
        return try result.get()
    }

    /// Throws `CommandError` if the jobs table is not there.
    func requireTable(_ schema: SchemaName) async throws {
        let shape = try await Migrator(connection: connection, schema: schema).shape()
        guard shape.origin != nil else {
            throw CommandError.usage("there is no table \(schema).oban_jobs; run `relay migrate`")
        }
    }

    private static func commandError(_ error: PGError, _ target: String) -> CommandError {
        .unavailable("Postgres at \(target): \(OneLine.text(error.description))")
    }
}
