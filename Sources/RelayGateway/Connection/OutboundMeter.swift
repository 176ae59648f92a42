internal import RelayCore

/// Counts the bytes that wait for a client, and says when that is too many.
struct OutboundMeter: Sendable, Equatable {
    /// A client that reads, but slower than it is answered, is closed at this multiple of the
    /// limit.
    static let hardLimitFactor = 4

    private let pauseBytes: Int
    private let maxBytes: Int
    private let stall: Duration
    private(set) var waiting = 0
    private var lastTaken: MonotonicTime

    init(pauseBytes: Int, maxBytes: Int, stall: Duration, now: MonotonicTime) {
        self.pauseBytes = pauseBytes
        self.maxBytes = maxBytes
        self.stall = stall
        self.lastTaken = now
    }

    /// Whether nothing more should be read from the client.
    var isPaused: Bool { waiting > pauseBytes }

    /// When ``isOver(now:)`` should be asked again; nil while there is no need.
    var deadline: MonotonicTime? { waiting > maxBytes ? lastTaken + stall : nil }

    /// Bytes were given to the socket.
    mutating func add(_ bytes: Int, now: MonotonicTime) {
        if waiting == 0 { lastTaken = now }
        waiting += bytes
    }

    /// The client took bytes.
    mutating func remove(_ bytes: Int, now: MonotonicTime) {
        waiting -= bytes
        lastTaken = now
    }

    /// Whether the connection has to be closed: too much waits, and the client doesn't read, or not
    /// nearly fast enough.
    func isOver(now: MonotonicTime) -> Bool {
        guard waiting > maxBytes else { return false }
        return now >= lastTaken + stall || waiting > maxBytes * Self.hardLimitFactor
    }
}
