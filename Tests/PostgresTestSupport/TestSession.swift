package import Logging
package import RelayPostgres

/// A connection under test, with the steps that tests repeat.
package final class TestSession: Sendable {
    /// The connection.
    package let connection: PGConnection

    /// Connects unless told not to, with the defaults that `configure` changes.
    package init(
        url: String,
        channels: [String] = [],
        starts: Bool = true,
        configure: (inout PGConfiguration) -> Void = { _ in },
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        onEvent: @escaping @Sendable (PGEvent) -> Void = { _ in }
    ) {
        var configuration = PGConfiguration(conninfo: url, applicationName: "test")
        configuration.channels = channels
        // Tests hold locks on purpose, on machines that are slow.
        configuration.lockTimeout = .seconds(60)
        configuration.statementTimeout = .seconds(60)
        configure(&configuration)
        connection = PGConnection(
            configuration: configuration,
            name: "test",
            logger: logger,
            onEvent: onEvent
        )
        if starts { connection.start() }
    }

    /// Runs a statement and returns its rows as text, null as nil.
    ///
    /// - Throws: `PGError`.
    @discardableResult
    package func run(
        _ sql: String,
        _ parameters: [PGValue] = []
    ) async throws -> [[String?]] {
        let unit = PGUnit(sql, parameters, alone: true, deadline: .seconds(30))
        guard let result = try await connection.submit(unit).last else { return [] }
        return (0..<result.rowCount).map { row in
            (0..<result.columnCount).map { result.text(row, $0) }
        }
    }

    /// Submits units in order, does something while they are under way, and returns their outcomes in order.
    ///
    /// - Throws: what the step in between throws.
    package func outcomes(
        of units: [PGUnit],
        meanwhile step: () async throws -> Void = {}
    ) async throws -> [Result<[PGResult], PGError>] {
        let (stream, continuation) = AsyncStream<(Int, Result<[PGResult], PGError>)>.makeStream()
        for (index, unit) in units.enumerated() {
            connection.submit(unit) { continuation.yield((index, $0)) }
        }
        try await step()
        var outcomes: [Int: Result<[PGResult], PGError>] = [:]
        var answers = stream.makeAsyncIterator()
        while outcomes.count < units.count, let (index, outcome) = await answers.next() {
            outcomes[index] = outcome
        }
        return units.indices.compactMap { outcomes[$0] }
    }

    /// Disconnects.
    package func end() async {
        connection.close()
        await connection.waitUntilClosed()
    }
}
