package import Logging

/// One connection to Postgres with a thread of its own, which makes it again whenever it is lost.
///
/// At most one batch is under way; what gathers meanwhile is the next. Units that aren't `alone` share a transaction,
/// so that one flush to disk serves them all; when one of them fails, the others are run again without it.
package final class PGConnection: Sendable {
    private let configuration: PGConfiguration
    private let mailbox: Mailbox
    private let name: String
    private let logger: Logger
    private let onEvent: @Sendable (PGEvent) -> Void

    /// Makes a connection at rest; `name` is its role, for logs.
    package init(
        configuration: PGConfiguration,
        name: String,
        logger: Logger,
        onEvent: @escaping @Sendable (PGEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.name = name
        self.logger = logger
        self.onEvent = onEvent
        mailbox = Mailbox(limit: configuration.maxQueuedUnits)
    }

    /// Begins to connect, and never gives up until closed.
    package func start() {
        let loop = ConnectionLoop.Terms(
            configuration: configuration,
            mailbox: mailbox,
            name: name,
            logger: logger,
            onEvent: onEvent
        )
        let started = OwnThread.start { ConnectionLoop(loop).run() }
        if !started {
            logger.critical(
                "no thread could be started for a connection",
                metadata: ["connection": "\(name)"]
            )
            mailbox.close()
            mailbox.closed()
        }
    }

    /// Carries out a unit; `then` is called exactly once, on the connection's thread.
    package func submit(
        _ unit: PGUnit,
        then: @escaping @Sendable (Result<[PGResult], PGError>) -> Void
    ) {
        let pending = PendingUnit(unit: unit, deadline: .now + unit.deadline, reply: then)
        if let refusal = mailbox.put(pending) { then(.failure(refusal)) }
    }

    /// Carries out a unit and returns the results of its statements.
    ///
    /// - Throws: `PGError`.
    package func submit(_ unit: PGUnit) async throws(PGError) -> [PGResult] {
        let result = await withCheckedContinuation { continuation in
            submit(unit) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Lets the batch under way finish, fails the rest, and disconnects.
    package func close() { mailbox.close() }

    /// Returns once the thread has ended.
    package func waitUntilClosed() async {
        await withCheckedContinuation { continuation in
            mailbox.whenClosed { continuation.resume() }
        }
    }
}
