package import RelayMessages

/// What starts a call.
package enum CallRequest: Sendable, Equatable {
    case async(Wire.AsyncRequest)
    case await(Wire.AwaitRequest)
    case awaitMany(Wire.AwaitManyRequest)
    case call(Wire.CallRequest)
    case cancel(Wire.CancelRequest)
    /// The first message of a worker's stream.
    case work(Wire.WorkRequest)
}
