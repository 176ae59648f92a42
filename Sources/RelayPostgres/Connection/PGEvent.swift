/// What happens to a connection besides the answers to its units; told on the connection's thread.
package enum PGEvent: Sendable, Hashable {
    /// The session is set up and its LISTENs are committed: what is read from now on misses nothing.
    case connected(serverVersion: Int, backendPID: Int32)
    /// The connection is lost, or could not be made; it will be tried again.
    case disconnected(PGError)
    /// A notification on a channel that is listened to; anybody in the database can forge it.
    case notification(channel: String, payload: String, backendPID: Int32)
}
