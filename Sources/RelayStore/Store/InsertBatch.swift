import RelayCore
import RelayPostgres

/// One batch of inserts: requests of plain jobs share a statement, requests of keyed jobs another; the rest, and
/// whatever fails together, goes each in a transaction of its own.
struct InsertBatch: Sendable {
    private let requests: [InsertRequest]
    private let schema: SchemaName
    private let session: Session
    private let hasKeys: Bool
    private let connection: PGConnection
    private let gathered: GatheredResults<[InsertedJob]>

    private enum Kind { case plain, keyed, mixed }

    init(
        _ requests: [InsertRequest],
        schema: SchemaName,
        session: Session,
        hasKeys: Bool,
        connection: PGConnection,
        then: @escaping @Sendable ([Result<[InsertedJob], StoreError>]) -> Void
    ) {
        self.requests = requests
        self.schema = schema
        self.session = session
        self.hasKeys = hasKeys
        self.connection = connection
        gathered = GatheredResults(count: requests.count, then: then)
    }

    func run() {
        var plain: [Int] = []
        var keyed: [Int] = []
        var repeated: [Int] = []
        var keys: Set<String> = []
        for (index, request) in requests.enumerated() {
            switch kind(request) {
            case .plain:
                plain.append(index)
            case .keyed:
                guard hasKeys else {
                    gathered.set(index, .failure(.keysNotInstalled))
                    continue
                }
                let own = request.jobs.compactMap(\.job.idempotencyKey)
                if Set(own).count < own.count {
                    // The same key twice is the same job twice, if all else is the same: one statement each tells.
                    alone(index)
                } else if keys.isDisjoint(with: own) {
                    keys.formUnion(own)
                    keyed.append(index)
                } else {
                    // One statement cannot insert a key twice; after it, the second request finds the first's job.
                    repeated.append(index)
                }
            case .mixed:
                alone(index)
            }
        }
        byDispatch(plain, isKeyed: false)
        byDispatch(keyed, isKeyed: true)
        for index in repeated { together([index], isKeyed: true) }
    }

    /// Jobs that run here at once are written by another statement than jobs that wait; a request is never divided.
    private func byDispatch(_ indices: [Int], isKeyed: Bool) {
        let dispatched = indices.filter { requests[$0].jobs.allSatisfy(\.dispatch) }
        let waiting = indices.filter { !requests[$0].jobs.allSatisfy(\.dispatch) }
        together(dispatched, isKeyed: isKeyed, session: session)
        together(waiting, isKeyed: isKeyed)
    }

    private func kind(_ request: InsertRequest) -> Kind {
        if request.jobs.contains(where: { $0.job.unique != nil }) { return .mixed }
        let keyed = request.jobs.filter { $0.job.idempotencyKey != nil }.count
        if keyed == 0 { return .plain }
        return keyed == request.jobs.count ? .keyed : .mixed
    }

    /// Inserts the jobs of several requests by one statement.
    private func together(_ indices: [Int], isKeyed: Bool, session: Session? = nil) {
        if indices.isEmpty { return }
        let jobs = indices.flatMap { requests[$0].jobs }
        let plain = InsertJobs(jobs: jobs, session: session)
        let keyed = InsertKeyedJobs(jobs: jobs, session: session)
        let statement = isKeyed ? keyed.statement(schema) : plain.statement(schema)
        connection.submit(PGUnit([statement])) { result in
            switch result {
            case .success(let results):
                let inserted = results.last.flatMap { isKeyed ? keyed.read($0) : plain.read($0) }
                deal(inserted, to: indices)
            case .failure(let error):
                if error.code == .server, indices.count > 1, !StoreError(error).isUnavailable {
                    for index in indices { together([index], isKeyed: isKeyed, session: session) }
                } else {
                    for index in indices {
                        gathered.set(index, .failure(failure(error, of: index)))
                    }
                }
            }
        }
    }

    private func deal(_ inserted: [InsertedJob]?, to indices: [Int]) {
        guard var rest = inserted?[...] else {
            for index in indices {
                gathered.set(index, .failure(.unknown("the rows are not as they were sent")))
            }
            return
        }
        for index in indices {
            let count = requests[index].jobs.count
            gathered.set(index, .success(Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
    }

    private func failure(_ error: PGError, of index: Int) -> StoreError {
        let key = requests[index].jobs.lazy.compactMap(\.job.idempotencyKey).first
        if error.sqlState == .notNullViolation, let key { return .keyConflict(key: key) }
        return StoreError(error)
    }

    /// Inserts the jobs of one request, of whatever kinds, in a transaction of its own.
    private func alone(_ index: Int) {
        let jobs = requests[index].jobs
        if !hasKeys, jobs.contains(where: { $0.job.idempotencyKey != nil }) {
            gathered.set(index, .failure(.keysNotInstalled))
            return
        }
        var statements: [PGStatement] = []
        var readers: [@Sendable (PGResult) -> InsertedJob?] = []
        var locks: [PGStatement] = []
        for insert in jobs {
            if let unique = insert.job.unique {
                let operation = InsertUniqueJob(insert: insert, unique: unique)
                locks.append(operation.lock)
                statements.append(operation.statement(schema))
                readers.append { operation.read($0) }
            } else if insert.job.idempotencyKey != nil {
                let operation = InsertKeyedJobs(jobs: [insert], session: nil)
                statements.append(operation.statement(schema))
                readers.append { operation.read($0)?.first }
            } else {
                let operation = InsertJobs(jobs: [insert], session: nil)
                statements.append(operation.statement(schema))
                readers.append { operation.read($0)?.first }
            }
        }
        // In one order for everybody, so that two requests never wait for each other.
        locks.sort { "\($0.parameters)" < "\($1.parameters)" }
        let reading = Reading(readers: readers, skip: locks.count)
        connection.submit(PGUnit(locks + statements, alone: true)) { result in
            switch result {
            case .success(let results):
                gathered.set(
                    index,
                    reading.jobs(results).map { .success($0) } ?? .failure(.unknown("unreadable"))
                )
            case .failure(let error):
                gathered.set(index, .failure(failure(error, of: index)))
            }
        }
    }

    private struct Reading: Sendable {
        var readers: [@Sendable (PGResult) -> InsertedJob?]
        var skip: Int

        func jobs(_ results: [PGResult]) -> [InsertedJob]? {
            let jobs = zip(readers, results.dropFirst(skip)).compactMap { $0($1) }
            return jobs.count == readers.count ? jobs : nil
        }
    }
}

extension StoreError {
    /// Whether nothing is wrong with the batch itself.
    var isUnavailable: Bool {
        switch self {
        case .unavailable, .misconfigured, .busy: true
        default: false
        }
    }
}
