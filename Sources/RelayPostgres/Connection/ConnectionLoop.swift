internal import DequeModule
internal import Glibc
internal import Logging

/// What a connection's thread does until it is closed: connect, send a batch, hear its end, sleep.
///
/// Every decision is taken by a value (`UnitQueue`, `Flight`, `Segment`, `Backoff`); this performs them.
final class ConnectionLoop {
    private enum Phase {
        /// Waits before connecting again.
        case resting(until: ContinuousClock.Instant)
        /// Connects.
        case dialing(PGHandle, until: ContinuousClock.Instant, isWriting: Bool)
        /// Sets the session up.
        case settingUp(PGHandle, until: ContinuousClock.Instant)
        /// Carries out units.
        case ready(PGHandle, since: ContinuousClock.Instant)
    }

    /// TLS may hold decrypted input back that poll(2) does not see; then it is looked for this often.
    private static let encryptedPollInterval = Duration.milliseconds(20)

    private let terms: ConnectionTerms
    private let mailbox: Mailbox
    private var phase = Phase.resting(until: .now)
    private var queue = UnitQueue()
    private var flight = Flight()
    private var cache: StatementCache
    private var backoff: Backoff
    private var isClosing = false
    /// Why the session is to be left once the batch under way has ended.
    private var retirement: PGError?
    private var hasUnsentBytes = false
    private var isSocketReady = false
    /// Units answered since the mailbox was last told.
    private var answered = (units: 0, bytes: 0)

    init(_ terms: ConnectionTerms, _ mailbox: Mailbox) {
        self.terms = terms
        self.mailbox = mailbox
        cache = StatementCache(limit: terms.configuration.maxPreparedStatements)
        backoff = Backoff(terms.configuration.reconnectDelay)
    }

    /// Runs until the connection is closed.
    func run() {
        while true {
            let now = ContinuousClock.now
            takeMail(now)
            for unit in flight.takeExpired(now: now) { answer(unit, .failure(.neverAnswered)) }
            advance(now)
            if isClosing, isAtRest {
                leave()
                if mailbox.finish() { return }
            } else {
                sleep()
            }
        }
    }

    /// Queues what was left meanwhile, and answers what need not or must not be sent any more.
    private func takeMail(_ now: ContinuousClock.Instant) {
        let mail = mailbox.take(answeredUnits: answered.units, answeredBytes: answered.bytes)
        answered = (0, 0)
        isClosing = mail.isClosing
        for unit in mail.units { queue.add(unit) }
        for (reply, error) in mail.refused { reply(.failure(error)) }
        for unit in queue.takeExpired(now: now) { answer(unit, .failure(.neverSent)) }
        if isClosing {
            for unit in queue.takeFresh() { answer(unit, .failure(.closed)) }
        }
    }

    private func answer(_ unit: Submission, _ result: Result<[PGResult], PGError>) {
        guard let reply = unit.reply else { return }
        answered.units += 1
        answered.bytes += unit.cost
        reply(result)
    }

    /// Whether nothing is under way that closing should wait for.
    private var isAtRest: Bool {
        switch phase {
        case .resting, .dialing, .settingUp: true
        case .ready: flight.isDone && !queue.hasReruns
        }
    }

    private func leave() {
        for unit in queue.takeAll() { answer(unit, .failure(.closed)) }
        // Frees the handle, which says goodbye to the server.
        phase = .resting(until: .now)
    }

    private func advance(_ now: ContinuousClock.Instant) {
        switch phase {
        case .resting(let until):
            if now >= until, !isClosing { dial(now) }
        case .dialing(let handle, let until, _):
            if now >= until {
                lose(.timedOut(terms.configuration.connectTimeout))
            } else if isSocketReady {
                goOnDialing(handle, until: until)
            }
        case .settingUp(let handle, let until):
            if now >= until {
                lose(.timedOut(terms.configuration.connectTimeout))
            } else if let loss = exchange(handle) {
                lose(loss)
            }
        case .ready(let handle, _):
            if let loss = exchange(handle) {
                lose(loss)
            } else if let last = flight.lastDeadline, last <= now {
                lose(.hung)
            }
        }
    }

    // MARK: Connecting

    private func dial(_ now: ContinuousClock.Instant) {
        let until = now + terms.configuration.connectTimeout
        let target: ConnectionTarget
        do throws(PGError) {
            try terms.configuration.validate()
            target = try ConnectionTarget(conninfo: terms.configuration.conninfo)
        } catch {
            return lose(error)
        }
        let handle = PGHandle(
            target,
            applicationName: terms.configuration.applicationName,
            attempt: backoff.failures
        )
        guard let handle else { return lose(PGError(.connect, message: "out of memory")) }
        if handle.isHopeless { return lose(PGError(.connect, message: handle.errorMessage)) }
        phase = .dialing(handle, until: until, isWriting: true)
    }

    private func goOnDialing(_ handle: PGHandle, until: ContinuousClock.Instant) {
        switch handle.connect() {
        case .reading:
            phase = .dialing(handle, until: until, isWriting: false)
        case .writing:
            phase = .dialing(handle, until: until, isWriting: true)
        case .failed:
            lose(PGError(.connect, message: handle.errorMessage))
        case .done:
            guard handle.enterPipeline() else {
                return lose(PGError(.connect, message: handle.errorMessage))
            }
            do throws(PGError) {
                let setup = try Submission(terms.setup, now: .now, reply: nil)
                phase = .settingUp(handle, until: until)
                if let loss = send([[setup]], on: handle) { lose(loss) }
            } catch {
                lose(error)
            }
        }
    }

    private func becomeReady(_ handle: PGHandle) {
        phase = .ready(handle, since: .now)
        let metadata: Logger.Metadata = ["backend": "\(handle.backendPID)"]
        if backoff.failures > 0 {
            terms.logger.notice("connected to Postgres again", metadata: metadata)
        } else {
            terms.logger.debug("connected to Postgres", metadata: metadata)
        }
        if handle.isExposed {
            terms.logger.warning(
                "the connection to Postgres is not encrypted; set sslmode=verify-full"
            )
        }
        terms.onEvent(
            .connected(serverVersion: handle.serverVersion, backendPID: handle.backendPID)
        )
    }

    /// The connection is lost or was not made: tells those who were sent, and rests.
    private func lose(_ error: PGError) {
        let now = ContinuousClock.now
        var uptime = Duration.zero
        if case .ready(_, let since) = phase { uptime = now - since }
        backoff.failed(after: uptime)
        phase = .resting(until: now + backoff.delay(random: .random(in: 0...1)))
        let units = flight.abandon()
        cache = StatementCache(limit: terms.configuration.maxPreparedStatements)
        retirement = nil
        hasUnsentBytes = false
        // Said once at each outage; the attempts in between are for those who look closely.
        terms.logger.log(
            level: backoff.failures == 1 ? .warning : .debug,
            "no connection to Postgres; trying until there is one",
            metadata: ["error": "\(error)", "failures": "\(backoff.failures)"]
        )
        var event = error
        event.code = .connect
        terms.onEvent(.disconnected(event))
        for unit in units { answer(unit, .failure(error.asUnknown)) }
    }

    // MARK: Exchanging

    /// Reads, judges, writes and begins the next batch; answers why the connection is lost, if it is.
    private func exchange(_ handle: PGHandle) -> PGError? {
        if isSocketReady || handle.isEncrypted {
            // What had arrived before the end is still read below.
            _ = handle.consume()
            while !flight.isDone, let received = handle.receive() {
                if let loss = take(received, on: handle) { return loss }
            }
            while let notification = handle.notification() { terms.onEvent(notification) }
        }
        if let loss = handle.loss { return loss }
        if flight.isDone {
            hasUnsentBytes = false
            if let retirement { return retirement }
            if case .ready = phase {
                takeMail(.now)
                if !queue.isEmpty { return send(nextBatch(), on: handle) }
            }
        }
        return flush(handle)
    }

    private func take(_ received: Received, on handle: PGHandle) -> PGError? {
        switch flight.received(received) {
        case .more:
            return nil
        case .lost(let error):
            return error
        case .ended(let segment):
            if case .settingUp = phase {
                if let failure = segment.failure { return failure.error }
                becomeReady(handle)
            } else {
                settle(segment.verdict())
            }
            guard flight.isDone, handle.isInTransaction else { return nil }
            return PGError(.connect, message: "a unit has left a transaction open")
        }
    }

    private func settle(_ verdict: Segment.Verdict) {
        if verdict.forgetsAll { cache.forgetAll() }
        for key in verdict.forget { cache.forget(key) }
        if let end = verdict.endsSession { retirement = end }
        // Those who were told meanwhile that it takes too long need no second run.
        queue.addAgain(verdict.again.filter { $0.reply != nil })
        for (unit, result) in verdict.answers { answer(unit, result) }
    }

    private func nextBatch() -> [[Submission]] {
        let configuration = terms.configuration
        return queue.nextBatch(
            UnitQueue.Bounds(
                units: configuration.maxBatchUnits,
                bytes: configuration.maxBatchBytes,
                segments: configuration.maxBatchSegments
            )
        )
    }

    /// Sends a batch; units that were not reached stay in the queue.
    private func send(_ segments: [[Submission]], on handle: PGHandle) -> PGError? {
        for (index, units) in segments.enumerated() {
            flight.begin(units)
            guard send(units, on: handle) else {
                queue.putBack(segments[(index + 1)...].flatMap { $0 })
                return handle.loss ?? PGError(.connect, message: handle.errorMessage)
            }
        }
        return flush(handle)
    }

    private func send(_ units: [Submission], on handle: PGHandle) -> Bool {
        for (index, unit) in units.enumerated() {
            for statement in unit.statements {
                var name: String?
                var cached: StatementKey?
                if statement.isPrepared {
                    switch cache.plan(statement.key) {
                    case .known(let known):
                        name = known
                        cached = statement.key
                    case .prepare(let new):
                        guard handle.prepare(statement.key, as: new) else { return false }
                        flight.sentPreparation(unit: index, statement.key)
                        name = new
                    case .unprepared:
                        break
                    }
                }
                guard handle.execute(statement, as: name) else { return false }
                flight.sentStatement(unit: index, cached: cached)
            }
        }
        guard handle.sync() else { return false }
        flight.sentSync()
        return true
    }

    private func flush(_ handle: PGHandle) -> PGError? {
        switch handle.flush() {
        case .all:
            hasUnsentBytes = false
            return nil
        case .some:
            hasUnsentBytes = true
            return nil
        case .failed:
            return handle.loss ?? PGError(.connect, message: handle.errorMessage)
        }
    }

    // MARK: Sleeping

    /// Sleeps until the socket is ready, somebody leaves something that matters now, or a time has come.
    private func sleep() {
        var socket: Int32 = -1
        var interest = Int16(POLLIN)
        var wakeAt = queue.expiry
        var isIdle = false
        func wake(at time: ContinuousClock.Instant?) {
            guard let time else { return }
            wakeAt = wakeAt.map { min($0, time) } ?? time
        }
        switch phase {
        case .resting(let until):
            wake(at: until)
        case .dialing(let handle, let until, let isWriting):
            socket = handle.descriptor
            interest = Int16(isWriting ? POLLOUT : POLLIN)
            wake(at: until)
        case .settingUp(let handle, let until):
            socket = handle.descriptor
            wake(at: until)
        case .ready(let handle, _):
            socket = handle.descriptor
            isIdle = flight.isDone
            wake(at: flight.firstDeadline)
            if !isIdle { wake(at: flight.lastDeadline) }
            if !isIdle, handle.isEncrypted { wake(at: .now + Self.encryptedPollInterval) }
        }
        // While something is unsent, input is read too: else both sides could wait for the other to read.
        if hasUnsentBytes { interest |= Int16(POLLOUT) }
        let maySleep = mailbox.maySleep(isIdle ? .untilMail : .untilDeadline(wakeAt))
        var polled = [
            pollfd(fd: mailbox.pipe.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: interest, revents: 0),
        ]
        _ = unsafe poll(&polled, nfds_t(polled.count), maySleep ? Self.milliseconds(to: wakeAt) : 0)
        if polled[0].revents != 0 { mailbox.pipe.drain() }
        isSocketReady = polled[1].revents != 0
    }

    /// The time as poll(2) wants it, rounded up; -1 is for ever.
    private static func milliseconds(to time: ContinuousClock.Instant?) -> Int32 {
        guard let time else { return -1 }
        let (seconds, attoseconds) = (time - .now).components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds > 3_600 { return 3_600_000 }
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}

extension PGError {
    fileprivate static let hung = PGError(
        .connect,
        message: "Postgres did not answer in time; the connection is given up"
    )

    fileprivate static func timedOut(_ timeout: Duration) -> PGError {
        PGError(.connect, message: "Postgres could not be reached within \(timeout)")
    }
}
