internal import Logging
internal import RelayClient
internal import RelayGateway

/// Everything that a gateway is made from, checked.
struct ServePlan: Sendable {
    var listen: [ListenAddress] = [.tcp(host: "127.0.0.1", port: ServerAddress.defaultPort)]
    /// Nil leaves HTTP out.
    var http: ListenAddress? = .tcp(host: "127.0.0.1", port: ServePlan.defaultHTTPPort)
    var instances: [InstanceSetting]
    var node: String
    /// The queues of the built-in demo workers.
    var queues: [String: Int] = [:]
    /// Nil serves TCP in clear.
    var tls: TLSFiles?
    /// Nil admits everybody who can reach the gateway.
    var tokens: TokenSource?
    var limits = Limits()
    var drainGrace = Duration.seconds(25)
    var logger: Logger

    /// Who is known, and where that was read.
    struct TokenSource: Sendable {
        var path: String
        var clients: KnownClients
    }

    static let defaultHTTPPort = 7434
    /// The most instances of one gateway.
    static let maxInstances = 100

    /// Whether nobody but this machine can reach the address.
    static func isLocal(_ address: ListenAddress) -> Bool {
        switch address {
        case .unix: true
        case .tcp(let host, _):
            host == "localhost" || host == "::1" || isLoopbackNumber(host)
        }
    }

    private static func isLoopbackNumber(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
