package import RelayCore

/// What the engine's machine wants done; the shell only performs, in this order.
package enum EngineAction: Sendable {
    // The jobs table.
    case store(StoreOperation)
    // The other nodes.
    case send([OutgoingSignal])
    case resetSignals
    // The executors attached here.
    case run(any JobExecutor, [ClaimedJob])
    case stop(any JobExecutor, AttemptKey)
    // The callers.
    case relays(AsyncReply, Result<[RelayHandle], RelayError>)
    case answer(AwaitReply, Result<AwaitAnswer, RelayError>)
    case events(AwaitManyReply, [AwaitManyEvent])
    case cancelled(CancelReply, Result<CancelAnswer, RelayError>)
    case finished(FinishReply, Result<Bool, RelayError>)
    // The operator.
    case log(EngineNote)
}

/// What the machine asks of the jobs table; each ends in the input of the same name.
package enum StoreOperation: Sendable {
    case insert([InsertRequest])
    case claim(ClaimRequest)
    case finish([JobFinish])
    case read([Int64])
    case cancel([CancelTarget])
    case stage(limit: Int)
    case beat(SessionBeat)
    case rescue(RescueRequest)
    case prune(olderThan: Duration, limit: Int)
}

/// What an operator may want to know; the shell turns it into a log line.
package enum EngineNote: Sendable, Hashable {
    case insertFailed(String)
    case claimFailed(queue: String, String)
    case finishFailed(jobs: Int, String)
    case readFailed(String)
    case stageFailed(String)
    case beatFailed(String)
    case rescueFailed(String)
    case pruneFailed(String)
    case sessionDead(session: String)
    case rescued(jobs: Int)
    case strays(jobs: Int)
    case listenerSick
    case listenerWell
    case pruned(jobs: Int)
    case nodeSeen(node: String)
    case unstorable(job: Int64, String)
}
