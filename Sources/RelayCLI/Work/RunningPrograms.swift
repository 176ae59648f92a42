internal import NIOConcurrencyHelpers

/// The programs that run, for when the worker has to end at once.
final class RunningPrograms: Sendable {
    private struct State {
        var last: UInt64 = 0
        var kills: [UInt64: @Sendable () -> Void] = [:]
    }

    private let state = NIOLockedValueBox(State())

    /// Keeps what kills a program, until it has ended.
    func add(_ kill: @escaping @Sendable () -> Void) -> UInt64 {
        state.withLockedValue { state in
            state.last += 1
            state.kills[state.last] = kill
            return state.last
        }
    }

    func remove(_ token: UInt64) {
        state.withLockedValue { _ = $0.kills.removeValue(forKey: token) }
    }

    /// Kills all of them.
    func killAll() {
        for kill in state.withLockedValue({ Array($0.kills.values) }) { kill() }
    }
}
