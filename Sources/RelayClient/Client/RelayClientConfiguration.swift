public import Logging
internal import RelayWire

/// How a client connects, and its limits.
public struct RelayClientConfiguration: Sendable {
    /// Where the gateway listens.
    public var address: ServerAddress
    /// The secret that says who the client is; nil where the gateway needs none.
    public var token: String?
    /// How to make sure whom one talks to; nil talks in clear.
    ///
    /// Unix sockets never use it.
    public var tls: RelayClientTLS?
    /// Name and version of the program, as the gateway's logs show it.
    public var name = "relay-swift"
    /// How long a connection may take to be made and greeted.
    public var connectTimeout = Duration.seconds(5)
    /// The silence of the gateway after which it is asked whether it lives.
    public var keepaliveInterval = Duration.seconds(10)
    /// How long it may take to answer that, before its connection is given up.
    public var keepaliveTimeout = Duration.seconds(5)
    /// The bytes of one message that is accepted; what is sent is bound by what the gateway says.
    public var maxMessageBytes = 64 * 1024 * 1024
    /// The calls that may be open at once; the gateway may allow fewer.
    public var maxOpenCalls = 65_536
    /// Whether large messages may be compressed, in both directions.
    public var compresses = false
    /// Told of connections that are lost and of results that are refused, at debug to notice level.
    public var logger = Logger(label: "relay.client") { _ in SwiftLogNoOpLogHandler() }

    /// Makes the defaults for a gateway.
    public init(address: ServerAddress, token: String? = nil) {
        self.address = address
        self.token = token
    }

    var rules: ConnectionRules {
        var limits = Limits()
        limits.maxCalls = maxOpenCalls
        limits.helloTimeout = connectTimeout
        limits.keepaliveInterval = keepaliveInterval
        limits.keepaliveTimeout = keepaliveTimeout
        return ConnectionRules(limits)
    }
}
