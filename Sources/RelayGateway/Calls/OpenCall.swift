internal import RelayEngine
internal import RelayWire

/// A call that has begun, and what goes on for it.
struct OpenCall {
    /// What goes on, and how its answer is worded.
    enum Work {
        case async
        case cancel
        case await(any CallEngine, WaitID)
        case call(any CallEngine, WaitID)
        case many(ManyWaits)
        case worker(WorkerCall)
    }

    let key: CallKey
    var work: Work
}
