/// Hints between nodes: they may be lost, doubled, late or forged, and decide nothing by themselves.
package protocol JobSignals: AnyObject, Sendable {
    /// Sends hints in one notify-only transaction; `then` says whether they left.
    func send(_ signals: [OutgoingSignal], then: @escaping @Sendable (Bool) -> Void)

    /// Begins to listen; `receive` is called on any thread, in order, until `stop`.
    func listen(_ receive: @escaping @Sendable (IncomingSignal) -> Void)

    /// Drops the listening and the sending connection and makes new ones, since hints don't get through.
    func reset()

    /// Stops listening.
    func stop()
}

/// A hint to send.
package enum OutgoingSignal: Sendable, Hashable {
    /// Queues have jobs available, for every Oban and relay node.
    case available(queues: Set<String>)
    /// These jobs changed in a way that a waiter elsewhere may care about.
    case settled(jobs: [Int64])
    /// An executing job was cancelled: whoever runs it should stop.
    case kill(job: Int64)
    /// An executor reported progress.
    case progress(job: Int64, attempt: Int, value: RelayValue)
    /// This node is there; its nonce comes back if hints get through.
    case hello(nonce: UInt64)
}

/// A hint that came in, checked for its form only.
package enum IncomingSignal: Sendable, Hashable {
    case available(queue: String)
    case settled(jobs: [Int64])
    case kill(job: Int64)
    case progress(job: Int64, attempt: Int, value: RelayValue)
    /// A node (this one too) said hello.
    case hello(node: String, nonce: UInt64)
    /// An operator's word to the executors of a queue; `queue` is nil for all queues.
    case control(QueueControl, queue: String?)
    /// Hints may have been missed: the listening connection is new.
    case gap
    /// The listening connection is gone.
    case lost
    /// Something that nobody could read.
    case junk
}

/// What an operator wants of a queue, as Oban's `signal` channel says it.
package enum QueueControl: Sendable, Hashable {
    case pause
    case resume
    case scale(limit: Int)
}
