/// How long a failed job rests before its next attempt.
package struct RetryPolicy: Sendable {
    private let minimum: Int64
    private let scale: Double

    /// Oban's own: `15 + 2^attempt` seconds, and up to 10% more by chance.
    package static let oban = RetryPolicy(minimumPadding: .seconds(15), scale: 1)

    /// Makes a policy like Oban's with another padding and unit; tests use a short one.
    package init(minimumPadding: Duration, scale: Double) {
        self.minimum =
            minimumPadding.components.seconds * 1_000 + minimumPadding.components.attoseconds
            / 1_000_000_000_000_000
        self.scale = scale
    }

    /// The rest after a failed attempt; `jitter` is 0 to 1, drawn by the caller.
    ///
    /// Where more than 20 attempts are allowed the attempt is scaled down to 20, so that the curve keeps its shape
    /// (research: the same formula in Oban for Elixir and for Python).
    package func delay(attempt: Int, maxAttempts: Int, jitter: Double) -> Duration {
        let clamped =
            maxAttempts <= 20
            ? attempt : Int((Double(attempt) / Double(maxAttempts) * 20).rounded())
        let exponent = Double(min(max(clamped, 0), 20))
        var power = 1.0
        for _ in 0..<Int(exponent) { power *= 2 }
        let milliseconds = (Double(minimum) + power * 1_000 * scale) * (1 + 0.1 * jitter)
        return .milliseconds(Int64(milliseconds))
    }
}
