internal import RelayCore
internal import RelayEngine
internal import RelayWire

/// What engines tell a connection, from any thread; it is turned into frames on the connection's
/// loop.
enum ConnectionEvent: Sendable {
    case relays(CallKey, Result<[RelayHandle], RelayError>)
    case answer(CallKey, Result<AwaitAnswer, RelayError>)
    case events(CallKey, part: Int, ArraySlice<AwaitManyEvent>)
    case cancelled(CallKey, Result<CancelAnswer, RelayError>)
    /// All that the engine gave before a drain has been posted.
    case drainBegun(CallKey)
    case jobs(CallKey, [ClaimedJob])
    case stop(CallKey, AttemptKey)
    case finished(CallKey, AttemptKey, Result<Bool, RelayError>)

    /// About how many frames it becomes.
    var frameCount: Int {
        switch self {
        case .events(_, _, let events): events.count
        case .jobs(_, let jobs): jobs.count
        case .relays, .answer, .cancelled, .drainBegun, .stop, .finished: 1
        }
    }
}
