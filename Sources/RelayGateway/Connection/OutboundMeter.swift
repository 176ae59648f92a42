internal import RelayCore

/// Counts the bytes that wait for a client, and says when that is too many.
struct OutboundMeter: Sendable, Equatable {
    /// A client that reads, but slower than it is answered, is closed at this multiple of the
    /// limit.
    static let hardLimitFactor = 4
    /// The second look comes after this part of the time for the first.
    private static let secondLook = 4

    private let pauseBytes: Int
    private let maxBytes: Int
    private let stall: Duration
    private(set) var waiting = 0
    private var lastTaken: MonotonicTime
    private var suspectedAt: MonotonicTime?

    init(pauseBytes: Int, maxBytes: Int, stall: Duration, now: MonotonicTime) {
        self.pauseBytes = pauseBytes
        self.maxBytes = maxBytes
        self.stall = stall
        self.lastTaken = now
    }

    /// Whether nothing more should be read from the client.
    var isPaused: Bool { waiting > pauseBytes }

    /// When ``check(now:)`` is due; nil while there is no need.
    var deadline: MonotonicTime? {
        guard waiting > maxBytes else { return nil }
        return suspectedAt.map { $0 + stall / Self.secondLook } ?? (lastTaken + stall)
    }

    /// Whether more waits than even a client that reads is allowed.
    var isFlooded: Bool { waiting > maxBytes * Self.hardLimitFactor }

    /// Bytes were given to the socket.
    mutating func add(_ bytes: Int, now: MonotonicTime) {
        if waiting == 0 { lastTaken = now }
        waiting += bytes
    }

    /// The client took bytes.
    mutating func remove(_ bytes: Int, now: MonotonicTime) {
        waiting -= bytes
        lastTaken = now
        suspectedAt = nil
    }

    /// Whether the connection has to be closed: too much waits, and the client takes nothing.
    ///
    /// It takes a second look, after the loop had time to see what the client took: a loop that was
    /// busy for long finds the time to be up before it looks at its sockets.
    mutating func check(now: MonotonicTime) -> Bool {
        guard waiting > maxBytes, now >= lastTaken + stall else { return false }
        guard let suspectedAt else {
            suspectedAt = now
            return false
        }
        return now >= suspectedAt + stall / Self.secondLook
    }
}
