import RelayCore

/// Who can run what, now: the executors attached here, their slots, and the attempts that they run.
struct SlotBook {
    /// An attempt that an executor has.
    struct Running {
        var job: ClaimedJob
        var executor: ExecutorID
        /// Somebody asked for it to be stopped.
        var killed = false
    }

    private struct Entry {
        var executor: any JobExecutor
        var limits: [String: Int]
        var busy: [String: Int] = [:]
        var running: Set<AttemptKey> = []
        var draining = false

        func free(_ queue: String) -> Int {
            draining ? 0 : max(0, (limits[queue] ?? 0) - (busy[queue] ?? 0))
        }
    }

    private struct QueueEntry {
        var executors: [ExecutorID] = []
        /// Where the next job's search for a slot begins, so that executors take turns.
        var turn = 0
        /// The free slots of all its executors; kept up to date so that asking is cheap.
        var free = 0
    }

    /// The most slots of one executor and queue: an operator's word comes as a hint, which anybody may forge.
    static let maxSlots = 100_000
    /// The most queues that are remembered as paused, for the same reason.
    static let maxPaused = 10_000

    private var entries: [ExecutorID: Entry] = [:]
    private var queues: [String: QueueEntry] = [:]
    /// The queues whose jobs nobody here is given.
    private(set) var paused: Set<String> = []
    private var running: [AttemptKey: Running] = [:]
    private var latestAttempt: [Int64: Int] = [:]
    private var lastNumber: UInt64 = 0

    /// The queues that somebody here serves.
    var servedQueues: [String] { Array(queues.keys) }

    /// Whether anybody here serves anything.
    var servesAny: Bool { !queues.isEmpty }

    /// How many attempts run here.
    var runningCount: Int { running.count }

    /// The queues with the slots that executors here have for them, as the register is told.
    var limits: [String: Int] {
        var sums: [String: Int] = [:]
        for entry in entries.values {
            for (queue, limit) in entry.limits { sums[queue, default: 0] += limit }
        }
        return sums
    }

    /// How many executors here serve the queue.
    func executors(_ queue: String) -> Int {
        queues[queue]?.executors.count ?? 0
    }

    /// Whether somebody here serves the queue.
    func serves(_ queue: String) -> Bool { queues[queue] != nil }

    /// The free slots of the queue; none while it is paused.
    func free(_ queue: String) -> Int {
        guard let state = queues[queue], !paused.contains(queue) else { return 0 }
        return state.free
    }

    /// Adds an executor.
    mutating func attach(_ executor: any JobExecutor, queues limits: [String: Int]) -> ExecutorID {
        lastNumber += 1
        let id = ExecutorID(number: lastNumber)
        let limits = limits.mapValues { min(max(0, $0), Self.maxSlots) }
        entries[id] = Entry(executor: executor, limits: limits)
        for (queue, limit) in limits {
            queues[queue, default: QueueEntry()].executors.append(id)
            queues[queue]?.free += limit
        }
        return id
    }

    /// Changes what one executor can take of one queue, and keeps the sum right.
    private mutating func change(_ id: ExecutorID, _ queue: String, _ body: (inout Entry) -> Void) {
        guard var entry = entries.removeValue(forKey: id) else { return }
        let before = entry.free(queue)
        body(&entry)
        queues[queue]?.free += entry.free(queue) - before
        entries[id] = entry
    }

    /// Gives the executor no more jobs.
    mutating func drain(_ id: ExecutorID) {
        guard let entry = entries[id], !entry.draining else { return }
        for queue in entry.limits.keys { queues[queue]?.free -= entry.free(queue) }
        entries[id]?.draining = true
    }

    /// Gives nobody more jobs.
    mutating func drainAll() {
        for id in Array(entries.keys) { drain(id) }
    }

    /// Pauses a queue, or all that are served; it stays so while its executors come and go.
    mutating func pause(_ queue: String?) {
        for name in queue.map({ [$0] }) ?? servedQueues where paused.count < Self.maxPaused {
            paused.insert(name)
        }
    }

    /// Resumes a queue, or all of them; answers which are served.
    mutating func resume(_ queue: String?) -> [String] {
        if let queue { paused.remove(queue) } else { paused = [] }
        return servedQueues.filter { queue == nil || queue == $0 }
    }

    /// Changes the slots of each executor of a queue.
    mutating func scale(_ queue: String, to limit: Int) {
        let limit = min(max(0, limit), Self.maxSlots)
        for id in queues[queue]?.executors ?? [] { change(id, queue) { $0.limits[queue] = limit } }
    }

    /// Removes an executor; answers the attempts that it had, and the queues that nobody serves now.
    mutating func detach(_ id: ExecutorID) -> (attempts: [ClaimedJob], deserted: [String]) {
        guard let entry = entries[id] else { return ([], []) }
        drain(id)
        let attempts = entry.running.sorted { $0.jobID < $1.jobID }.compactMap { forget($0)?.job }
        entries[id] = nil
        var deserted: [String] = []
        for queue in entry.limits.keys {
            queues[queue]?.executors.removeAll { $0 == id }
            if queues[queue]?.executors.isEmpty == true {
                queues[queue] = nil
                deserted.append(queue)
            }
        }
        return (attempts, deserted)
    }

    /// Finds slots for claimed jobs; answers who runs what, and the jobs for which no slot is left.
    mutating func place(
        _ jobs: [ClaimedJob],
        in queue: String
    ) -> (runs: [(any JobExecutor, [ClaimedJob])], left: [ClaimedJob]) {
        var runs: [ExecutorID: [ClaimedJob]] = [:]
        var order: [ExecutorID] = []
        var left: [ClaimedJob] = []
        for job in jobs {
            // Postgres crashed and forgot the claim, which does not wait for the disk: this attempt runs here already.
            if running[job.key] != nil { continue }
            guard let id = takeSlot(queue) else {
                left.append(job)
                continue
            }
            entries[id]?.running.insert(job.key)
            running[job.key] = Running(job: job, executor: id)
            latestAttempt[job.id] = job.attempt
            if runs[id] == nil { order.append(id) }
            runs[id, default: []].append(job)
        }
        let placed = order.compactMap { id -> (any JobExecutor, [ClaimedJob])? in
            guard let executor = entries[id]?.executor, let jobs = runs[id] else { return nil }
            return (executor, jobs)
        }
        return (placed, left)
    }

    private mutating func takeSlot(_ queue: String) -> ExecutorID? {
        guard let state = queues[queue] else { return nil }
        let count = state.executors.count
        for step in 0..<count {
            let position = (state.turn + step) % count
            let id = state.executors[position]
            guard let entry = entries[id], entry.free(queue) > 0 else { continue }
            queues[queue]?.turn = (position + 1) % count
            change(id, queue) { $0.busy[queue, default: 0] += 1 }
            return id
        }
        return nil
    }

    /// The attempt has ended: its slot is free.
    ///
    /// Nil unless this executor has it.
    mutating func release(_ key: AttemptKey, by id: ExecutorID) -> Running? {
        guard running[key]?.executor == id else { return nil }
        return forget(key)
    }

    private mutating func forget(_ key: AttemptKey) -> Running? {
        guard let attempt = running.removeValue(forKey: key) else { return nil }
        if latestAttempt[key.jobID] == key.attempt { latestAttempt[key.jobID] = nil }
        change(attempt.executor, attempt.job.queue) {
            $0.running.remove(key)
            $0.busy[attempt.job.queue, default: 1] -= 1
        }
        return attempt
    }

    /// Marks the newest attempt of a job as killed; answers whom to tell.
    ///
    /// Nil if it doesn't run here, or was killed before.
    mutating func kill(_ jobID: Int64) -> (any JobExecutor, AttemptKey)? {
        guard let key = newestAttempt(jobID), let attempt = running[key], !attempt.killed,
            let executor = entries[attempt.executor]?.executor
        else { return nil }
        running[key]?.killed = true
        return (executor, key)
    }

    /// Whether some attempt of the job runs here.
    func runs(_ jobID: Int64) -> Bool { latestAttempt[jobID] != nil }

    /// The newest attempt of a job that runs here.
    func newestAttempt(_ jobID: Int64) -> AttemptKey? {
        latestAttempt[jobID].map { AttemptKey(jobID: jobID, attempt: $0) }
    }

    /// The ref of a job that runs here.
    func ref(_ jobID: Int64) -> RelayRef? {
        newestAttempt(jobID).flatMap { running[$0]?.job.ref }
    }

    /// Whether this attempt runs here.
    func runs(_ key: AttemptKey) -> Bool { running[key] != nil }

    /// The attempt, if this executor has it.
    func attempt(_ key: AttemptKey, of id: ExecutorID) -> ClaimedJob? {
        guard let attempt = running[key], attempt.executor == id else { return nil }
        return attempt.job
    }

    /// All executors, for the end.
    var executorIDs: [ExecutorID] { Array(entries.keys) }
}
