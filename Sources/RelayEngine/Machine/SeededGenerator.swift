/// A small generator for jitter: the same seed draws the same numbers (SplitMix64; never for secrets).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts from a seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The duration, longer or shorter by up to `share` of itself.
    mutating func jittered(_ duration: Duration, by share: Double = 0.1) -> Duration {
        duration * Double.random(in: 1 - share...1 + share, using: &self)
    }
}
