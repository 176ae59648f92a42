package import RelayCore

/// Whatever runs jobs here: Swift handlers, or a worker's stream.
///
/// Both methods are called on any thread and must not block.
package protocol JobExecutor: AnyObject, Sendable {
    /// Takes jobs that now execute; each must be finished, or the executor detached.
    func run(_ jobs: [ClaimedJob])

    /// Asks for an attempt to be stopped, since its job was cancelled; finishing it is still due.
    func cancel(_ key: AttemptKey)
}
