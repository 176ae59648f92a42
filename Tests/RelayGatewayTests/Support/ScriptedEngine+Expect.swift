import RelayCore
import RelayEngine
import Testing

/// The test did not get what it needs to go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The next call must be of one kind.
extension ScriptedEngine {
    func nextAsync() async throws -> ([NewJob], AsyncReply) {
        guard case .async(let jobs, let reply) = try await next() else {
            throw TestFailure("not async")
        }
        return (jobs, reply)
    }

    func nextAwait() async throws -> (WaitID, RelayHandle, AwaitOptions, AwaitReply) {
        guard case .await(let wait, let relay, let options, let reply) = try await next() else {
            throw TestFailure("not await")
        }
        return (wait, relay, options, reply)
    }

    func nextAwaitMany() async throws -> (WaitID, [RelayHandle], AwaitManyOptions, AwaitManyReply) {
        guard case .awaitMany(let wait, let relays, let options, let reply) = try await next()
        else { throw TestFailure("not awaitMany") }
        return (wait, relays, options, reply)
    }

    func nextCall() async throws -> (WaitID, NewJob, AwaitOptions, AwaitReply) {
        guard case .call(let wait, let job, let options, let reply) = try await next() else {
            throw TestFailure("not call")
        }
        return (wait, job, options, reply)
    }

    func nextAbandon() async throws -> WaitID {
        guard case .abandon(let wait) = try await next() else { throw TestFailure("not abandon") }
        return wait
    }

    func nextCancel() async throws -> (RelayHandle, CancelReply) {
        guard case .cancel(let relay, let reply) = try await next() else {
            throw TestFailure("not cancel")
        }
        return (relay, reply)
    }

    func nextAttach() async throws -> (ExecutorID, any JobExecutor, [String: Int]) {
        guard case .attach(let id, let executor, let queues) = try await next() else {
            throw TestFailure("not attach")
        }
        return (id, executor, queues)
    }

    func nextDrain() async throws -> ExecutorID {
        guard case .drain(let id) = try await next() else { throw TestFailure("not drain") }
        return id
    }

    func nextDetach() async throws -> ExecutorID {
        guard case .detach(let id) = try await next() else { throw TestFailure("not detach") }
        return id
    }

    func nextFinish() async throws -> (AttemptKey, ExecutionOutcome, FinishReply) {
        guard case .finish(let key, _, let outcome, let reply) = try await next() else {
            throw TestFailure("not finish")
        }
        return (key, outcome, reply)
    }

    func nextProgress() async throws -> (AttemptKey, RelayValue) {
        guard case .progress(let key, _, let value) = try await next() else {
            throw TestFailure("not progress")
        }
        return (key, value)
    }
}
