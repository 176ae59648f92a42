import NIOConcurrencyHelpers
import RelayCore
import RelayEngine
import RelayGateway

/// What a gateway asked of an engine, with the means to answer.
enum EngineCall: Sendable {
    case async([NewJob], AsyncReply)
    case await(WaitID, RelayHandle, AwaitOptions, AwaitReply)
    case awaitMany(WaitID, [RelayHandle], AwaitManyOptions, AwaitManyReply)
    case call(WaitID, NewJob, AwaitOptions, AwaitReply)
    case abandon(WaitID)
    case cancel(RelayHandle, CancelReply)
    case attach(ExecutorID, any JobExecutor, [String: Int])
    case drain(ExecutorID)
    case detach(ExecutorID)
    case finish(AttemptKey, ExecutorID, ExecutionOutcome, FinishReply)
    case progress(AttemptKey, ExecutorID, RelayValue)
}

/// An engine that does what a test says: it answers by itself where a script is given, and else
/// hands each call to the test, in order.
final class ScriptedEngine: CallEngine {
    typealias Script = @Sendable (EngineCall) -> Bool

    private let script: Script
    private let numbers = NIOLockedValueBox(UInt64(0))
    private let calls: AsyncStream<EngineCall>
    private let continuation: AsyncStream<EngineCall>.Continuation

    /// `script` answers true for a call that it has dealt with.
    init(script: @escaping Script = { _ in false }) {
        self.script = script
        (calls, continuation) = AsyncStream.makeStream()
    }

    /// The next call that the script did not deal with.
    func next() async throws -> EngineCall {
        for await call in calls { return call }
        throw TestFailure("the engine is gone")
    }

    private func perform(_ call: EngineCall) {
        if !script(call) { continuation.yield(call) }
    }

    private func number() -> UInt64 {
        numbers.withLockedValue { number in
            number += 1
            return number
        }
    }

    func beginGathering() {}

    func endGathering() {}

    func async(_ jobs: [NewJob], then reply: @escaping AsyncReply) {
        perform(.async(jobs, reply))
    }

    func await(
        _ relay: RelayHandle,
        options: AwaitOptions,
        then reply: @escaping AwaitReply
    ) -> WaitID {
        let wait = WaitID(number: number())
        perform(.await(wait, relay, options, reply))
        return wait
    }

    func awaitMany(
        _ relays: [RelayHandle],
        options: AwaitManyOptions,
        receive: @escaping AwaitManyReply
    ) -> WaitID {
        let wait = WaitID(number: number())
        perform(.awaitMany(wait, relays, options, receive))
        return wait
    }

    func call(
        _ job: NewJob,
        options: AwaitOptions,
        then reply: @escaping AwaitReply
    ) -> WaitID {
        let wait = WaitID(number: number())
        perform(.call(wait, job, options, reply))
        return wait
    }

    func abandon(_ wait: WaitID) { perform(.abandon(wait)) }

    func cancel(_ relay: RelayHandle, then reply: @escaping CancelReply) {
        perform(.cancel(relay, reply))
    }

    func attach(_ executor: any JobExecutor, queues: [String: Int]) -> ExecutorID {
        let id = ExecutorID(number: number())
        perform(.attach(id, executor, queues))
        return id
    }

    func drain(_ executor: ExecutorID) { perform(.drain(executor)) }

    func detach(_ executor: ExecutorID, reason: String) { perform(.detach(executor)) }

    func finish(
        _ key: AttemptKey,
        by executor: ExecutorID,
        _ outcome: ExecutionOutcome,
        then reply: @escaping FinishReply
    ) {
        perform(.finish(key, executor, outcome, reply))
    }

    func progress(_ key: AttemptKey, by executor: ExecutorID, _ value: RelayValue) {
        perform(.progress(key, executor, value))
    }
}
