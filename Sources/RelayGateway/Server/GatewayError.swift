/// Why a gateway could not start.
package enum GatewayError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It was given nowhere to listen.
    case noAddress
    /// The path of a Unix socket is a file of another kind.
    case pathTaken(String)
    /// Another process listens on the Unix socket.
    case socketInUse(String)

    package var description: String {
        switch self {
        case .noAddress:
            "the gateway has no address to listen on; name at least one"
        case .pathTaken(let path):
            "\(path) is not a socket; choose another path, or move that file away"
        case .socketInUse(let path):
            "another process listens on \(path) already; stop it, or choose another path"
        }
    }
}
