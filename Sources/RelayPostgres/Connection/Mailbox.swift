import DequeModule
import NIOConcurrencyHelpers

/// A unit that waits, or is under way, and who is to hear of it.
struct PendingUnit {
    var unit: PGUnit
    var deadline: ContinuousClock.Instant
    /// How often its transaction failed by a neighbour's fault.
    var bystanderFailures = 0
    /// How often it was run again for a fault that passes.
    var retries = 0
    var reply: @Sendable (Result<[PGResult], PGError>) -> Void
}

/// Where other threads leave units for the connection's thread; it is woken only if it sleeps.
final class Mailbox: Sendable {
    private struct State {
        var units: Deque<PendingUnit> = []
        var isSleeping = false
        var isClosing = false
        var isClosed = false
        var closeWaiters: [@Sendable () -> Void] = []
    }

    private let state = NIOLockedValueBox(State())
    let pipe = WakePipe()
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Leaves a unit; answers why not, if it isn't taken.
    func put(_ unit: PendingUnit) -> PGError? {
        let (refusal, wake) = state.withLockedValue { state -> (PGError?, Bool) in
            if state.isClosing {
                return (PGError(.closed, message: "the connection is closed"), false)
            }
            guard state.units.count < limit else {
                return (
                    PGError(.overloaded, message: "\(limit) statements wait for Postgres already"),
                    false
                )
            }
            state.units.append(unit)
            defer { state.isSleeping = false }
            return (nil, state.isSleeping)
        }
        if wake { pipe.wake() }
        return refusal
    }

    /// Takes all that was left.
    func takeAll() -> Deque<PendingUnit> {
        state.withLockedValue { state in
            defer { state.units = [] }
            return state.units
        }
    }

    /// Says that the thread is about to sleep; false if something is there and it must not.
    func maySleep() -> Bool {
        state.withLockedValue { state in
            guard state.units.isEmpty else { return false }
            state.isSleeping = true
            return true
        }
    }

    var isClosing: Bool { state.withLockedValue { $0.isClosing } }

    func close() {
        state.withLockedValue { $0.isClosing = true }
        pipe.wake()
    }

    /// The thread has ended.
    func closed() {
        let waiters = state.withLockedValue { state in
            state.isClosed = true
            defer { state.closeWaiters = [] }
            return state.closeWaiters
        }
        for resume in waiters { resume() }
    }

    /// Calls back once the thread has ended.
    func whenClosed(_ resume: @escaping @Sendable () -> Void) {
        let isClosed = state.withLockedValue { state in
            if !state.isClosed { state.closeWaiters.append(resume) }
            return state.isClosed
        }
        if isClosed { resume() }
    }
}
