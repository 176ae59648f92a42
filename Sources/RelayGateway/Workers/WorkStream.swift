internal import RelayCore
internal import RelayEngine
internal import RelayWire

/// What the engine sees of a worker's stream: it passes on to the connection, from any thread.
final class WorkStream: JobExecutor {
    private let key: CallKey
    private let outbox: Outbox

    init(key: CallKey, outbox: Outbox) {
        self.key = key
        self.outbox = outbox
    }

    func run(_ jobs: [ClaimedJob]) {
        outbox.post(.jobs(key, jobs))
    }

    func cancel(_ attempt: AttemptKey) {
        outbox.post(.stop(key, attempt))
    }
}

/// A worker's stream as its connection holds it, on the loop only.
final class WorkerCall {
    let stream: WorkStream
    var machine = WorkStreamMachine.fresh
    var engine: (any CallEngine)?

    init(stream: WorkStream) {
        self.stream = stream
    }
}
