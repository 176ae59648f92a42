/// A bug that a simulation is run with to see that it would find it.
package enum PlantedBug: Sendable, Hashable, CaseIterable {
    /// A finish is written whoever owns the attempt.
    case noFence
    /// A row is read before its waiter is registered, so that what happens in between is missed.
    case waitsAfterRead
    /// Nothing is read after the hints were away.
    case noSweepAfterReconnect
}
