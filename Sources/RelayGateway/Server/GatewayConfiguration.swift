package import RelayCore
package import RelayWire

/// How a gateway serves.
package struct GatewayConfiguration: Sendable {
    /// Where it listens; at least one.
    package var addresses: [ListenAddress]
    /// The certificate for TCP; nil serves without TLS, as Unix sockets always are.
    package var tls: TLSFiles?
    /// The node's name, told to clients and workers.
    package var node: String
    /// The server's name and version, told to clients.
    package var server = "relay"
    /// The limits that clients are held to.
    package var limits = Limits()
    /// Whether large frames are compressed for clients that accept it.
    package var compresses = true
    /// How long open calls may take after a graceful shutdown begins.
    package var grace = Duration.seconds(10)
    /// How long one frame may take to arrive, once it has begun.
    package var frameTimeout = Duration.seconds(60)
    /// How long a connection that is over may take to read its last Status.
    package var closeLinger = Duration.seconds(2)
    /// How long a client may take nothing of what waits for it, once that is over
    /// `limits.maxOutboundBytes`.
    package var outboundStall = Duration.seconds(3)
    /// The bytes of the first frame, before anybody knows whose it is.
    package var maxHelloBytes = 64 * 1024
    /// The queues of one worker's stream.
    package var maxQueuesPerWorker = 1_000
    /// The jobs of one queue that one worker's stream runs at once.
    package var maxJobsPerQueue = 10_000
    /// The violations that one Status names.
    package var maxViolations = 1_000

    /// Makes the defaults.
    package init(addresses: [ListenAddress], node: String) {
        self.addresses = addresses
        self.node = node
    }

    /// What each connection is held to.
    package var rules: ConnectionRules {
        ConnectionRules(limits, frameTimeout: frameTimeout)
    }
}
