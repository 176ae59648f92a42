internal import RelayMessages

/// What happens to an open call, in order; it ends with an answer that is the last, a refusal, or an end.
enum CallEvent: Sendable {
    case answer(Wire.ServerFrame.Body, isLast: Bool)
    /// It was never sent, so it may be begun elsewhere.
    case refused(RelayError)
    /// It ended, well if there is no error.
    case ended(RelayError?)
}

/// Receives the events of a call, on the connection's loop; must not block.
typealias CallSink = @Sendable (CallEvent) -> Void

/// A call of one connection, as its caller knows it before an id is drawn for it.
struct CallTicket: Sendable, Hashable {
    let number: UInt64
}
