import Relay
import RelayCore

/// The built-in workers that examples, benchmarks and first steps use.
enum DemoWorkers {
    /// The most bytes that `Big` makes.
    static let maxBigBytes = 64 * 1024 * 1024

    /// Registers all of them.
    static func register(on relay: RelayRuntime) {
        relay.handleRaw("Echo") { job, _ in .json(job.args) }
        relay.handle("Sleep", sleep)
        relay.handle("Fail", fail)
        relay.handle("Snooze", snooze)
        relay.handle("Cancel") { (args: Reason, _) -> Reason in
            throw JobControl.cancel(reason: args.reason ?? "cancelled by the demo worker")
        }
        relay.handle("Discard") { (args: Reason, _) -> Reason in
            throw JobControl.discard(reason: args.reason ?? "discarded by the demo worker")
        }
        relay.handleRaw("Big", big)
        relay.handle("Progress", progress)
    }

    struct Nap: Codable, Sendable { var ms: Int? }
    struct Failing: Codable, Sendable { var message: String?, times: Int? }
    struct Rest: Codable, Sendable { var seconds: Double? }
    struct Reason: Codable, Sendable { var reason: String? }
    struct Attempts: Codable, Sendable { var attempt: Int }
    struct Steps: Codable, Sendable { var steps: Int?, ms: Int? }
    struct Step: Codable, Sendable { var step: Int, of: Int }

    @Sendable private static func sleep(_ args: Nap, _ context: JobContext) async throws -> Nap {
        try await Task.sleep(for: .milliseconds(max(0, args.ms ?? 0)))
        return Nap(ms: args.ms ?? 0)
    }

    @Sendable private static func fail(
        _ args: Failing,
        _ context: JobContext
    ) async throws -> Attempts {
        let attempt = context.job.attempt
        if let times = args.times, attempt > times { return Attempts(attempt: attempt) }
        throw JobException(
            kind: "DemoFailure",
            message: args.message ?? "failed on attempt \(attempt)"
        )
    }

    @Sendable private static func snooze(
        _ args: Rest,
        _ context: JobContext
    ) async throws -> Attempts {
        if context.job.snoozed == 0 {
            throw JobControl.snooze(.milliseconds(Int64(max(0, args.seconds ?? 1) * 1_000)))
        }
        return Attempts(attempt: context.job.attempt)
    }

    @Sendable private static func big(
        _ job: ClaimedJob,
        _ context: JobContext
    ) async throws -> RelayValue {
        struct Size: Decodable { var bytes: Int? }
        let size = try context.decodeArgs(Size.self).bytes ?? 0
        guard (0...maxBigBytes).contains(size) else {
            throw JobException(kind: "DemoFailure", message: "bytes must be 0 to \(maxBigBytes)")
        }
        // Marsaglia's xorshift: as incompressible as true chance, which takes a system call for each word.
        var word = UInt64.random(in: 1 ... .max)
        var bytes = [UInt8](repeating: 0, count: size)
        for index in bytes.indices {
            if index % 8 == 0 {
                word ^= word << 13
                word ^= word >> 7
                word ^= word << 17
            }
            bytes[index] = UInt8(truncatingIfNeeded: word >> (8 * UInt64(index % 8)))
        }
        return .data(bytes, contentType: RelayValue.defaultContentType)
    }

    @Sendable private static func progress(
        _ args: Steps,
        _ context: JobContext
    ) async throws -> Steps {
        let steps = max(0, args.steps ?? 10)
        for step in 1..<steps + 1 {
            try await Task.sleep(for: .milliseconds(max(0, args.ms ?? 100)))
            try context.progress(Step(step: step, of: steps))
        }
        return Steps(steps: steps, ms: args.ms)
    }
}
