internal import NIOConcurrencyHelpers
internal import RelayEngine
import RelayCore

/// The handlers of a runtime, by worker name.
final class HandlerTable: Sendable {
    typealias Handler = @Sendable (ClaimedJob, JobContext) async throws -> RelayValue

    private let handlers = NIOLockedValueBox<[String: Handler]>([:])

    func set(_ worker: String, _ handler: @escaping Handler) {
        handlers.withLockedValue { $0[worker] = handler }
    }

    var workers: [String] { handlers.withLockedValue { $0.keys.sorted() } }

    /// Runs an attempt; whatever its handler throws becomes an outcome.
    func perform(
        _ job: ClaimedJob,
        report: @escaping @Sendable (RelayValue) -> Void
    ) async -> ExecutionOutcome {
        guard let handler = handlers.withLockedValue({ $0[job.worker] }) else {
            let known = workers.joined(separator: ", ")
            return .exception(
                JobException(
                    kind: "UnknownWorker",
                    message:
                        "no handler is registered here for the worker \(job.worker); there are: \(known)"
                )
            )
        }
        do {
            return .ok(try await handler(job, JobContext(job: job, report: report)))
        } catch let control as JobControl {
            switch control {
            case .snooze(let rest): return .snooze(rest)
            case .cancel(let reason): return .cancel(reason: reason)
            case .discard(let reason): return .discard(reason: reason)
            }
        } catch let exception as JobException {
            return .exception(exception)
        } catch {
            return .exception(JobException(kind: "\(type(of: error))", message: "\(error)"))
        }
    }
}
