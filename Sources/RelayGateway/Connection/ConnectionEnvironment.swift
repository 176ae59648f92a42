internal import Logging
internal import RelayCore

/// What all connections of a gateway share.
struct ConnectionEnvironment: Sendable {
    let configuration: GatewayConfiguration
    let starter: CallStarter
    let authenticator: any Authenticator
    let rates: RateLimiter
    let logger: Logger
}

/// Tells a connection that the server goes away.
struct DrainRequest: Sendable {
    let end: MonotonicTime
    let grace: Duration
}
