package import RelayCore

/// Receives the relays of an `Async`, once.
package typealias AsyncReply = @Sendable (Result<[RelayHandle], RelayError>) -> Void

/// Receives the answer of an `Await` or a `Call`, once.
package typealias AwaitReply = @Sendable (Result<AwaitAnswer, RelayError>) -> Void

/// Receives the events of an `AwaitMany`, in order; the last one is `finished`.
package typealias AwaitManyReply = @Sendable ([AwaitManyEvent]) -> Void

/// Receives what became of a `Cancel`, once.
package typealias CancelReply = @Sendable (Result<CancelAnswer, RelayError>) -> Void

/// Receives whether a finish was accepted, once.
package typealias FinishReply = @Sendable (Result<Bool, RelayError>) -> Void
