/// Why a gateway could not start.
package enum GatewayError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It was given nowhere to listen.
    case noAddress
    /// The path of a Unix socket is a file of another kind.
    case pathTaken(String)
    /// Another process listens on the Unix socket.
    case socketInUse(String)
    /// A file of the certificate cannot be used.
    case certificate(file: String, why: String)

    package var description: String {
        switch self {
        case .noAddress:
            "the gateway has no address to listen on; name at least one"
        case .pathTaken(let path):
            "\(path) is not a socket; choose another path, or move that file away"
        case .socketInUse(let path):
            "another process listens on \(path) already; stop it, or choose another path"
        case .certificate(let file, let why):
            "\(file) cannot be used for TLS: \(why); it must be readable, and PEM"
        }
    }
}
