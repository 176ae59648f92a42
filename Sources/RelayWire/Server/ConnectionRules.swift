package import RelayCore

/// The limits and times that one connection is held to.
package struct ConnectionRules: Sendable, Hashable {
    /// The version of the protocol that is spoken.
    package static let version: UInt32 = 1
    /// The most bytes a ping may carry.
    package static let maxPingBytes = 64
    /// When a client that was refused because of draining may try elsewhere.
    package static let drainingRetryAfter = Duration.seconds(1)

    /// The open calls.
    package var maxCalls: Int
    /// How long a new connection has to say hello.
    package var helloTimeout: Duration
    /// The silence after which the server pings.
    package var keepaliveInterval: Duration
    /// How long a pong may take.
    package var keepaliveTimeout: Duration
    /// How long one frame may take to arrive, once it has begun.
    package var frameTimeout: Duration

    /// Makes rules from the gateway's limits.
    package init(_ limits: Limits = Limits(), frameTimeout: Duration = .seconds(60)) {
        self.maxCalls = limits.maxCalls
        self.helloTimeout = limits.helloTimeout
        self.keepaliveInterval = limits.keepaliveInterval
        self.keepaliveTimeout = limits.keepaliveTimeout
        self.frameTimeout = frameTimeout
    }
}
