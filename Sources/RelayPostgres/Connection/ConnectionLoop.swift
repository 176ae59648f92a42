import DequeModule
import Glibc
import Logging
import NIOConcurrencyHelpers

/// What a connection's thread does until it is closed: connect, send a batch, hear its end, sleep.
final class ConnectionLoop {
    struct Terms: Sendable {
        var configuration: PGConfiguration
        var mailbox: Mailbox
        var name: String
        var logger: Logger
        var onEvent: @Sendable (PGEvent) -> Void
    }

    /// How often a unit is run again for a fault that passes, such as a deadlock.
    private static let maxRetries = 3
    /// How often a transaction is shared again after a neighbour failed it, before its members run alone.
    private static let maxBystanderFailures = 2

    private let terms: Terms
    private var waiting: Deque<PendingUnit> = []
    private var failures = 0

    init(_ terms: Terms) {
        self.terms = terms
    }

    private var mailbox: Mailbox { terms.mailbox }

    func run() {
        while !mailbox.isClosing {
            switch connect() {
            case .success(let handle):
                serve(handle)
            case .failure(let error):
                terms.onEvent(.disconnected(error))
                if failures == 0 {
                    terms.logger.warning(
                        "Postgres cannot be reached; trying until it can",
                        metadata: ["connection": "\(terms.name)", "error": "\(error)"]
                    )
                }
                failures += 1
            }
            if !mailbox.isClosing { rest() }
        }
        collect()
        for unit in waiting {
            unit.reply(.failure(PGError(.closed, message: "the connection is closed")))
        }
        waiting = []
        mailbox.closed()
    }

    // MARK: Connecting

    private func connect() -> Result<PGHandle, PGError> {
        guard let handle = PGHandle(terms.configuration) else {
            return .failure(PGError(.unavailable, message: "out of memory"))
        }
        let deadline = ContinuousClock.now + terms.configuration.connectTimeout
        var progress = PGHandle.Progress.writing
        while !mailbox.isClosing {
            expireWaiting()
            guard ContinuousClock.now < deadline else {
                return .failure(
                    PGError(
                        .unavailable,
                        message: "no answer within \(terms.configuration.connectTimeout)"
                    )
                )
            }
            sleep(handle.descriptor, write: progress == .writing, until: deadline)
            progress = handle.poll()
            switch progress {
            case .reading, .writing:
                continue
            case .failed:
                return .failure(PGError(.unavailable, message: handle.errorMessage))
            case .done:
                guard handle.enterPipeline() else {
                    return .failure(PGError(.unavailable, message: handle.errorMessage))
                }
                return .success(handle)
            }
        }
        return .failure(PGError(.closed, message: "the connection is closed"))
    }

    /// Waits before connecting again, longer each time, never in step with others.
    private func rest() {
        let range = terms.configuration.reconnectDelay
        var delay = range.lowerBound
        for _ in 0..<min(failures, 16) where delay < range.upperBound { delay = delay * 2 }
        delay = min(delay, range.upperBound) * Double.random(in: 0.5...1)
        let until = ContinuousClock.now + delay
        while ContinuousClock.now < until, !mailbox.isClosing {
            expireWaiting()
            sleep(-1, write: false, until: until)
        }
    }

    private var setup: [PGStatement] {
        func set(_ name: String, _ value: String) -> PGStatement {
            PGStatement(
                "SELECT set_config($1::text, $2::text, false)",
                [.text(name), .text(value)]
            )
        }
        func milliseconds(_ duration: Duration) -> String {
            let (seconds, attoseconds) = duration.components
            return "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)"
        }
        let configuration = terms.configuration
        var statements = [
            set("search_path", ""),
            set("statement_timeout", milliseconds(configuration.statementTimeout)),
            set("lock_timeout", milliseconds(configuration.lockTimeout)),
            set(
                "idle_in_transaction_session_timeout",
                milliseconds(configuration.idleInTransactionTimeout)
            ),
        ]
        for channel in configuration.channels {
            let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(
                separator: "\"\""
            )
            statements.append(PGStatement("LISTEN \"\(quoted)\""))
        }
        return statements
    }

    // MARK: Serving

    private func serve(_ handle: PGHandle) {
        let ready = NIOLockedValueBox(false)
        let first = PendingUnit(
            unit: PGUnit(setup, alone: true),
            deadline: .now + terms.configuration.connectTimeout
        ) { result in
            if case .success = result { ready.withLockedValue { $0 = true } }
        }
        var lost = perform([first], on: handle)
        guard ready.withLockedValue({ $0 }), lost == nil else {
            let error = lost ?? PGError(.unavailable, message: "the session could not be set up")
            terms.onEvent(.disconnected(error))
            failures += 1
            return
        }
        if failures > 0 {
            terms.logger.notice(
                "connected to Postgres again",
                metadata: ["connection": "\(terms.name)"]
            )
        }
        failures = 0
        terms.onEvent(
            .connected(serverVersion: handle.serverVersion, backendPID: handle.backendPID)
        )
        while lost == nil, !mailbox.isClosing {
            collect()
            if waiting.isEmpty {
                lost = idle(handle)
            } else {
                lost = perform(nextBatch(), on: handle)
            }
        }
        if let lost {
            terms.onEvent(.disconnected(lost))
            failures = 1
            terms.logger.warning(
                "the connection to Postgres is lost; connecting again",
                metadata: ["connection": "\(terms.name)", "error": "\(lost)"]
            )
        }
    }

    /// Waits for units or notifications; answers why the connection is lost, if it is.
    private func idle(_ handle: PGHandle) -> PGError? {
        guard mailbox.maySleep() else { return nil }
        sleep(handle.descriptor, write: false, until: nil)
        return take(handle)
    }

    /// Takes in what has arrived, and passes notifications on.
    private func take(_ handle: PGHandle) -> PGError? {
        let alive = handle.consume()
        while let heard = handle.notification() {
            terms.onEvent(
                .notification(
                    channel: heard.channel,
                    payload: heard.payload,
                    backendPID: heard.backendPID
                )
            )
        }
        return alive && handle.isGood ? nil : PGError(.unknown, message: handle.errorMessage)
    }

    private func collect() { waiting.append(contentsOf: mailbox.takeAll()) }

    private func nextBatch() -> [PendingUnit] {
        let count = min(waiting.count, terms.configuration.maxBatchUnits)
        let batch = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        return batch
    }

    /// Sends a batch and hears its end; answers why the connection is lost, if it is.
    private func perform(_ units: [PendingUnit], on handle: PGHandle) -> PGError? {
        let now = ContinuousClock.now
        var ledger = PipelineLedger()
        var lost: PGError?
        for transaction in transactions(units, now: now) {
            if lost == nil {
                if !send(transaction, on: handle, &ledger) {
                    lost = PGError(.unknown, message: handle.errorMessage)
                }
            } else {
                waiting.insert(contentsOf: transaction, at: 0)
            }
        }
        // The server's own timeouts come first; this is for a server that hangs.
        let patience = units.map(\.unit.deadline).max() ?? .zero
        while lost == nil, !ledger.isDone {
            lost = exchange(handle, &ledger, until: now + patience)
        }
        if let lost { fail(ledger.open, lost) }
        return lost
    }

    /// Groups units into transactions, and fails those that have waited too long.
    private func transactions(
        _ units: [PendingUnit],
        now: ContinuousClock.Instant
    ) -> [[PendingUnit]] {
        var shared: [PendingUnit] = []
        var transactions: [[PendingUnit]] = []
        for unit in units {
            if unit.deadline <= now {
                unit.reply(.failure(.expired))
            } else if unit.unit.alone || unit.bystanderFailures > Self.maxBystanderFailures {
                transactions.append([unit])
            } else {
                shared.append(unit)
            }
        }
        if !shared.isEmpty { transactions.append(shared) }
        return transactions
    }

    private func send(
        _ units: [PendingUnit],
        on handle: PGHandle,
        _ ledger: inout PipelineLedger
    ) -> Bool {
        ledger.begin(units)
        for (index, unit) in units.enumerated() {
            for statement in unit.unit.statements {
                switch handle.queue(statement) {
                case .failed:
                    return false
                case .prepareAndExecute:
                    ledger.sentPrepare(unit: index, sql: statement.sql)
                    ledger.sentExecute(unit: index, sql: statement.sql)
                case .execute:
                    ledger.sentExecute(unit: index, sql: statement.sql)
                }
            }
        }
        guard handle.sync() else { return false }
        ledger.sentSync()
        return true
    }

    /// Writes, waits and reads once; answers why the connection is lost, if it is.
    private func exchange(
        _ handle: PGHandle,
        _ ledger: inout PipelineLedger,
        until deadline: ContinuousClock.Instant
    ) -> PGError? {
        let flushed = handle.flush()
        if case .failed = flushed { return PGError(.unknown, message: handle.errorMessage) }
        if ContinuousClock.now >= deadline {
            return PGError(.unknown, message: "Postgres did not answer in time")
        }
        // While something is unsent, input is read too: else both sides could wait for the other to read.
        sleep(handle.descriptor, write: flushed == .some, until: deadline)
        let lost = take(handle)
        while !ledger.isDone {
            let received = handle.receive()
            if case .nothing = received { break }
            switch ledger.received(received) {
            case .none: break
            case .pause: return lost
            case .confused: return PGError(.unknown, message: "libpq's results came out of order")
            case .ended(let segment):
                if let end = settle(segment, on: handle) { return end }
            }
        }
        return lost
    }

    // MARK: Settling

    /// A transaction has ended; answers why the connection is of no more use, if so.
    private func settle(_ segment: PipelineLedger.Segment, on handle: PGHandle) -> PGError? {
        guard let (guilty, sql, error) = segment.failure else {
            for (unit, results) in zip(segment.units, segment.results) {
                unit.reply(.success(results))
            }
            return nil
        }
        let state = error.sqlState
        if let sql, state == .stalePlan || state == .undefinedStatement { handle.forget(sql) }
        for sql in segment.unprepared { handle.forget(sql) }
        var again: [PendingUnit] = []
        for (index, unit) in segment.units.enumerated() {
            var unit = unit
            if index == guilty || (guilty == nil && segment.units.count == 1) {
                let passes =
                    state == .stalePlan || state == .undefinedStatement
                    || state?.isTransient == true
                guard passes, unit.retries < Self.maxRetries else {
                    unit.reply(.failure(error))
                    continue
                }
                unit.retries += 1
            } else {
                unit.bystanderFailures += guilty == nil ? Self.maxBystanderFailures + 1 : 1
            }
            again.append(unit)
        }
        waiting.insert(contentsOf: again, at: 0)
        return state?.endsSession == true ? error : nil
    }

    private func fail(_ segments: [PipelineLedger.Segment], _ error: PGError) {
        for segment in segments {
            for unit in segment.units {
                unit.reply(
                    .failure(PGError(.unknown, sqlState: error.sqlState, message: error.message))
                )
            }
        }
    }

    /// Fails what has waited too long while there is no connection.
    private func expireWaiting() {
        collect()
        let now = ContinuousClock.now
        guard waiting.contains(where: { $0.deadline <= now }) else { return }
        for unit in waiting where unit.deadline <= now { unit.reply(.failure(.expired)) }
        waiting.removeAll { $0.deadline <= now }
    }

    // MARK: Sleeping

    /// Sleeps until the socket is ready, somebody leaves a unit, or the time has come; while units wait for a
    /// connection, at most until the first of them has waited too long.
    private func sleep(_ descriptor: Int32, write: Bool, until: ContinuousClock.Instant?) {
        var until = until
        if let first = waiting.lazy.map(\.deadline).min() {
            until = until.map { min($0, first) } ?? first
        }
        var timeout: Int32 = -1
        if let until {
            let (seconds, attoseconds) = (until - .now).components
            timeout = Int32(
                clamping: max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
            )
        }
        var interest = Int16(POLLIN)
        if write { interest |= Int16(POLLOUT) }
        let sockets = [
            pollfd(fd: mailbox.pipe.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: interest, revents: 0),
        ]
        var polled = sockets
        _ = unsafe poll(&polled, nfds_t(polled.count), timeout)
        if polled[0].revents != 0 { mailbox.pipe.drain() }
    }
}

extension PGError {
    /// Nothing was sent in time.
    fileprivate static var expired: PGError {
        PGError(.unavailable, message: "Postgres could not be reached in time")
    }
}
