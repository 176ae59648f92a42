internal import NIOConcurrencyHelpers
internal import NIOCore

/// Where engines leave what a connection is to be told; the loop fetches all of it at once.
///
/// However many events come, one drain is scheduled: that is what lets frames leave in one flush.
final class Outbox: Sendable {
    private struct State {
        var events: [ConnectionEvent] = []
        var drainIsComing = false
        var isClosed = false
    }

    private let state = NIOLockedValueBox(State())
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<ConnectionHandler?>

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBoundBox.makeEmptyBox(eventLoop: eventLoop)
    }

    /// Says who drains; on the loop only.
    ///
    /// Nil drains no more, and drops what is there.
    func attach(_ handler: ConnectionHandler?) {
        self.handler.value = handler
        if handler == nil { close() }
    }

    /// Leaves an event; from any thread.
    func post(_ event: ConnectionEvent) {
        let mustWake = state.withLockedValue { state in
            guard !state.isClosed else { return false }
            state.events.append(event)
            guard !state.drainIsComing else { return false }
            state.drainIsComing = true
            return true
        }
        if mustWake {
            eventLoop.execute { self.handler.value?.drain() }
        }
    }

    /// Announces that the loop is going to drain anyway; on the loop only.
    func holdDrain() {
        state.withLockedValue { $0.drainIsComing = true }
    }

    /// Fetches all that was left.
    func take() -> [ConnectionEvent] {
        state.withLockedValue { state in
            state.drainIsComing = false
            guard !state.events.isEmpty else { return [] }
            let events = state.events
            state.events = []
            return events
        }
    }

    /// Takes nothing more.
    func close() {
        state.withLockedValue { state in
            state.isClosed = true
            state.events = []
        }
    }
}
