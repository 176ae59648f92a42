import Dispatch
import RelayCore

/// Wakes the engine once at a time, by Dispatch's timer: rearming it costs no task and no allocation.
// Unchecked: Dispatch's sources may be used from any thread (dispatch_source_create(3)); the type is not annotated.
final class EngineTimer: @unchecked Sendable {
    private let source: any DispatchSourceTimer

    init(fire: @escaping @Sendable () -> Void) {
        let source = DispatchSource.makeTimerSource(
            queue: DispatchQueue(label: "relay.engine.timer")
        )
        source.setEventHandler(handler: fire)
        source.activate()
        self.source = source
    }

    /// Fires at the time, or at once if that has passed, in place of what was armed before.
    func arm(at time: MonotonicTime) {
        let delay = max(0, (time - .now).wholeNanoseconds)
        source.schedule(deadline: .now() + .nanoseconds(Int(delay)), leeway: .microseconds(500))
    }

    /// Fires no more.
    func cancel() {
        source.cancel()
    }
}
