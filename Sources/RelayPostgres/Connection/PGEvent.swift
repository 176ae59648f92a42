/// What happens to a connection besides the answers to its units.
package enum PGEvent: Sendable, Hashable {
    /// The session is set up, and listens to its channels.
    case connected(serverVersion: Int, backendPID: Int32)
    /// The connection is lost, or could not be made; it will be made again.
    case disconnected(PGError)
    /// A notification on a channel that is listened to.
    case notification(channel: String, payload: String, backendPID: Int32)
}
