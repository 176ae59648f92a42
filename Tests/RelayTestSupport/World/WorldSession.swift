import RelayCore
import RelayEngine

/// One node's connection to the table: carries out what its engine asks, and says it as an input of the machine.
struct WorldSession {
    /// What the machine hears.
    typealias Input = (inout EngineMachine, MonotonicTime) -> Void

    let name: String
    /// The attempts whose outcome was sent with an unknown end.
    private let resent = ResentAttempts()

    init(name: String) {
        self.name = name
    }

    private final class ResentAttempts {
        var keys: Set<AttemptKey> = []
    }

    func carryOut(_ operation: StoreOperation, on table: inout JobTable) -> Input {
        switch operation {
        case .insert(let batch):
            let results = batch.map { table.insert($0, session: name) }
            return { $0.inserted(results, now: $1) }
        case .claim(let request):
            let batch = table.claim(request, session: name)
            return { $0.claimed(request, .success(batch), now: $1) }
        case .finish(let batch):
            let results = batch.map {
                table.finish(
                    $0,
                    session: name,
                    resent: resent.keys.contains($0.job.key)
                )
            }
            resent.keys.subtract(batch.map(\.job.key))
            return { $0.finishEnded(results, now: $1) }
        case .read(let ids):
            let rows = table.lookup(ids)
            return { $0.readEnded(.success(rows), now: $1) }
        case .cancel(let targets):
            let reports = table.cancel(targets)
            return { $0.cancelEnded(.success(reports), now: $1) }
        case .stage(let limit):
            let batch = table.stage(limit: limit)
            return { $0.staged(.success(batch), now: $1) }
        case .beat(let beat):
            let census = table.beat(beat, session: name)
            return { $0.beatEnded(.success(census), now: $1) }
        case .rescue(let request):
            let jobs = table.rescue(request, session: name)
            return { $0.rescued(.success(jobs), now: $1) }
        case .prune(let retention, let limit):
            let count = table.prune(olderThan: retention, limit: limit)
            return { $0.pruned(.success(count), now: $1) }
        }
    }

    func failure(of operation: StoreOperation, _ error: StoreError) -> Input {
        switch operation {
        case .insert(let batch):
            return { $0.inserted(batch.map { _ in .failure(error) }, now: $1) }
        case .claim(let request):
            return { $0.claimed(request, .failure(error), now: $1) }
        case .finish(let batch):
            if case .unknown = error { resent.keys.formUnion(batch.map(\.job.key)) }
            return { $0.finishEnded(batch.map { _ in .failure(error) }, now: $1) }
        case .read: return { $0.readEnded(.failure(error), now: $1) }
        case .cancel: return { $0.cancelEnded(.failure(error), now: $1) }
        case .stage: return { $0.staged(.failure(error), now: $1) }
        case .beat: return { $0.beatEnded(.failure(error), now: $1) }
        case .rescue: return { $0.rescued(.failure(error), now: $1) }
        case .prune: return { $0.pruned(.failure(error), now: $1) }
        }
    }
}
