/// Every limit of a gateway, with its default.
public struct Limits: Sendable, Hashable {
    /// The bytes of one message, measured after inflating, in each direction.
    public var maxMessageBytes = 4 * 1024 * 1024
    /// The open calls of one connection.
    public var maxCalls = 65_536
    /// The relays of one `AwaitMany`.
    public var maxAwaitedRelays = 100_000
    /// The jobs of one `Async`.
    public var maxJobsPerAsync = 10_000
    /// The open connections.
    public var maxConnections = 20_000
    /// The open waits of the whole node.
    public var maxOpenWaits = 1_000_000
    /// The inserts that may wait for the database, in jobs.
    public var maxQueuedInserts = 200_000
    /// The bytes that may wait for a client that does not read, before its connection is closed.
    public var maxOutboundBytes = 16 * 1024 * 1024
    /// The bytes that wait for a client at which its connection is no longer read from.
    public var outboundPauseBytes = 1024 * 1024
    /// The bytes of a result after compression.
    public var resultBytes = 8_192
    /// The bytes of one progress report.
    public var progressBytes = 4_096
    /// The longest wait; nil for no bound.
    public var maxAwait: Duration?
    /// The wait of a call that names none.
    public var defaultAwait = Duration.seconds(5)
    /// The calls a second that one identity may begin, of which so many may come at once; nil for no bound.
    public var callsPerSecond: Int?
    /// The refused hellos a second of one address, after a first hundred; more are not even judged.
    public var refusedHellosPerSecond = 10
    /// The addresses whose refused hellos are counted.
    public var maxTrackedAddresses = 10_000
    /// How long a new connection has to say hello.
    public var helloTimeout = Duration.seconds(5)
    /// The silence after which the server pings.
    public var keepaliveInterval = Duration.seconds(30)
    /// How long a pong may take.
    public var keepaliveTimeout = Duration.seconds(15)
    /// The silence in an `AwaitMany` after which a heartbeat is sent.
    public var heartbeatInterval = Duration.seconds(15)

    /// Makes the defaults.
    public init() {}
}
