internal import DequeModule
internal import NIOConcurrencyHelpers

/// Where other threads leave units for the connection's thread, which is woken only if it sleeps and must know.
final class Mailbox: Sendable {
    /// How much the thread wants to be disturbed.
    enum Sleep {
        case awake
        /// A batch is under way or there is no connection: only for units due before the time.
        case untilDeadline(ContinuousClock.Instant?)
        /// For any unit.
        case untilMail
    }

    /// What was left since the last look.
    struct Mail {
        var units: Deque<Submission> = []
        var refused: [(Submission.Reply, PGError)] = []
        var isClosing = false
    }

    fileprivate struct State {
        var mail = Mail()
        /// Whether anything was left, or closing was asked for, since the last look.
        var hasNews = false
        var sleep = Sleep.awake
        var unitCount = 0
        var byteCount = 0
        var isStarted = false
        var isFinished = false
        var closeWaiters: [@Sendable () -> Void] = []
    }

    private let state = NIOLockedValueBox(State())
    private let maxUnits: Int
    private let maxBytes: Int
    /// Polled by the thread.
    let pipe: WakePipe

    /// Makes a mailbox; nil if the process is out of descriptors.
    init?(maxUnits: Int, maxBytes: Int) {
        guard let pipe = WakePipe() else { return nil }
        self.pipe = pipe
        self.maxUnits = maxUnits
        self.maxBytes = maxBytes
    }

    // MARK: From any thread

    /// Leaves a unit; false if the thread has ended, so that nobody will answer.
    func put(_ unit: Submission) -> Bool {
        let (isTaken, wake) = state.withLockedValue { state -> (Bool, Bool) in
            if state.isFinished { return (false, false) }
            guard let refusal = refusal(unit, state) else {
                state.unitCount += 1
                state.byteCount += unit.cost
                state.mail.units.append(unit)
                return (true, state.noteNews(dueAt: unit.deadline))
            }
            if let reply = unit.reply { state.mail.refused.append((reply, refusal)) }
            return (true, state.noteNews(dueAt: nil))
        }
        if wake { pipe.wake() }
        return isTaken
    }

    /// Leaves a refusal for the thread to tell; false if it has ended.
    func refuse(_ reply: @escaping Submission.Reply, _ error: PGError) -> Bool {
        let (isTaken, wake) = state.withLockedValue { state -> (Bool, Bool) in
            if state.isFinished { return (false, false) }
            state.mail.refused.append((reply, error))
            return (true, state.noteNews(dueAt: nil))
        }
        if wake { pipe.wake() }
        return isTaken
    }

    private func refusal(_ unit: Submission, _ state: State) -> PGError? {
        if state.mail.isClosing { return .closed }
        if state.unitCount >= maxUnits {
            return PGError(
                .overloaded,
                message: "\(maxUnits) units wait for Postgres already; try again later"
            )
        }
        if state.byteCount + unit.cost > maxBytes {
            return PGError(
                .overloaded,
                message: "\(state.byteCount) bytes wait for Postgres already; try again later"
            )
        }
        return nil
    }

    /// Claims the right to start the thread; false if it was started before.
    func beginStart() -> Bool {
        state.withLockedValue { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
    }

    /// Asks the thread to end.
    func close() {
        let wake = state.withLockedValue { state in
            state.mail.isClosing = true
            return state.noteNews(dueAt: nil)
        }
        if wake { pipe.wake() }
    }

    /// Calls back once the thread has ended.
    func whenFinished(_ resume: @escaping @Sendable () -> Void) {
        let isFinished = state.withLockedValue { state in
            if !state.isFinished { state.closeWaiters.append(resume) }
            return state.isFinished
        }
        if isFinished { resume() }
    }

    // MARK: From the connection's thread

    /// Takes all that was left, and gives back the room of what was answered since.
    func take(answeredUnits: Int, answeredBytes: Int) -> Mail {
        state.withLockedValue { state in
            state.sleep = .awake
            state.hasNews = false
            state.unitCount -= answeredUnits
            state.byteCount -= answeredBytes
            let mail = state.mail
            state.mail = Mail(isClosing: mail.isClosing)
            return mail
        }
    }

    /// Says that the thread is about to sleep; false if there is news, so that it must not.
    func maySleep(_ sleep: Sleep) -> Bool {
        state.withLockedValue { state in
            guard !state.hasNews else { return false }
            state.sleep = sleep
            return true
        }
    }

    /// Says that the thread ends, unless there is mail; false if there is.
    func finish() -> Bool {
        let waiters = state.withLockedValue { state -> [@Sendable () -> Void]? in
            guard state.mail.units.isEmpty, state.mail.refused.isEmpty else { return nil }
            state.isFinished = true
            defer { state.closeWaiters = [] }
            return state.closeWaiters
        }
        guard let waiters else { return false }
        for resume in waiters { resume() }
        return true
    }
}

extension Mailbox.State {
    /// Notes that something was left; answers whether the thread must be woken for it, which happens only once.
    fileprivate mutating func noteNews(dueAt deadline: ContinuousClock.Instant?) -> Bool {
        hasNews = true
        let wakes =
            switch sleep {
            case .awake: false
            case .untilMail: true
            case .untilDeadline(let until):
                deadline.map { deadline in until.map { deadline < $0 } ?? true } ?? true
            }
        if wakes { sleep = .awake }
        return wakes
    }
}
