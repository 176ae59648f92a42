/// The rests between attempts to connect: doubling, with a fifth more or less by chance.
struct Backoff {
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(10)

    private var base = Backoff.shortest

    mutating func next() -> Duration {
        let rest = base * Double.random(in: 0.8...1.2)
        base = min(base * 2, Self.longest)
        return rest
    }
}

extension RelayError {
    /// Whether it may go away by itself.
    var isTransient: Bool {
        switch code {
        case .unavailable, .deadlineExceeded, .resourceExhausted, .aborted: true
        default: false
        }
    }

    static func tooManyJobs(_ limit: Int) -> RelayError {
        RelayError(
            .internal,
            reason: "TOO_MANY_JOBS",
            message: "the gateway gave more jobs than the \(limit) that were asked for"
        )
    }
}
