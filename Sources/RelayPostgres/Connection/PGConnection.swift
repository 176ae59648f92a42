internal import DequeModule
internal import Dispatch
package import Logging
internal import NIOConcurrencyHelpers

/// One connection to Postgres with a thread of its own, which makes it again whenever it is lost.
///
/// At most one batch is under way; what gathers meanwhile is the next. Units that aren't `alone` share a transaction
/// with their neighbours, so that one flush to disk serves them all; if it fails, the innocent ones are run again.
/// Units are carried out in the order of submission, except that those of a failed transaction come later.
package final class PGConnection: Sendable {
    private let terms: ConnectionTerms
    private let mailbox: Mailbox?
    /// Orders an answer before its reader in a way that ThreadSanitizer sees: it does not see the runtime's own where
    /// the answer comes before the await.
    private let handover = NIOLock()

    /// Makes a connection at rest; `name` is its role, for logs.
    package init(
        configuration: PGConfiguration,
        name: String,
        logger: Logger,
        onEvent: @escaping @Sendable (PGEvent) -> Void = { _ in }
    ) {
        var logger = logger
        logger[metadataKey: "connection"] = "\(name)"
        terms = ConnectionTerms(
            configuration: configuration,
            name: name,
            logger: logger,
            onEvent: onEvent
        )
        mailbox = Mailbox(
            maxUnits: configuration.maxQueuedUnits,
            maxBytes: configuration.maxQueuedBytes
        )
    }

    deinit { close() }

    /// Begins to connect, and never gives up until closed; what was submitted before has waited.
    package func start() {
        guard let mailbox, mailbox.beginStart() else { return }
        let terms = terms
        let isStarted = OwnThread.start {
            ConnectionLoop(terms, mailbox).run()
        }
        if isStarted { return }
        terms.logger.critical("no thread could be started for a connection to Postgres")
        mailbox.close()
        repeat {
            let mail = mailbox.take(answeredUnits: 0, answeredBytes: 0)
            for unit in mail.units { unit.reply?(.failure(.closed)) }
            for (reply, error) in mail.refused { reply(.failure(error)) }
        } while !mailbox.finish()
    }

    /// Carries out a unit; `then` is called exactly once, on the connection's thread, and must not block.
    ///
    /// Once the connection has ended it is called on another thread, yet never before this returns.
    package func submit(
        _ unit: PGUnit,
        then: @escaping @Sendable (Result<[PGResult], PGError>) -> Void
    ) {
        let isTaken: Bool
        do throws(PGError) {
            isTaken = mailbox?.put(try Submission(unit, now: .now, reply: then)) ?? false
        } catch {
            isTaken = mailbox?.refuse(then, error) ?? false
        }
        if !isTaken { DispatchQueue.global().async { then(.failure(.closed)) } }
    }

    /// Carries out a unit and returns the results of its statements; cancellation does not stop it.
    ///
    /// - Throws: `PGError`.
    package func submit(_ unit: PGUnit) async throws(PGError) -> [PGResult] {
        let result = await withCheckedContinuation { continuation in
            submit(unit) { [handover] result in
                handover.withLock {}
                continuation.resume(returning: result)
            }
        }
        handover.withLock {}
        return try result.get()
    }

    /// Lets what is under way finish, fails the rest with the code `closed`, and disconnects.
    package func close() {
        mailbox?.close()
        start()
    }

    /// Returns once the connection has ended; somebody must have closed it.
    package func waitUntilClosed() async {
        guard let mailbox else { return }
        await withCheckedContinuation { continuation in
            mailbox.whenFinished { continuation.resume() }
        }
    }
}
