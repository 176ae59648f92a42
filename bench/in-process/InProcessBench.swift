// Calls through the engine inside one process, without the gateway: what sockets and frames cost is the difference.
//
//     DATABASE_URL=postgres://… InProcessBench IN-FLIGHT CALLS

import Foundation
import Logging
import Relay

@main
struct InProcessBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard arguments.count == 2,
            let url = ProcessInfo.processInfo.environment["DATABASE_URL"]
        else {
            print("usage: DATABASE_URL=… InProcessBench IN-FLIGHT CALLS")
            exit(2)
        }
        let (inFlight, calls) = (arguments[0], arguments[1])
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let relay = try RelayRuntime(
            RelayConfiguration(databaseURL: url, queues: ["default": 512]),
            logger: logger
        )
        relay.handleRaw("Echo") { job, _ in .json(job.args) }
        try await relay.start()
        let each = calls / inFlight
        _ = try await latencies(of: 100, on: relay)

        let clock = ContinuousClock()
        let start = clock.now
        var all: [Duration] = []
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for _ in 0..<inFlight { group.addTask { try await latencies(of: each, on: relay) } }
            for try await some in group { all += some }
        }
        let seconds = (clock.now - start) / .seconds(1)
        all.sort()
        let rate = Double(all.count) / seconds
        let p50 = all[all.count / 2] / .milliseconds(1)
        let p99 = all[all.count * 99 / 100] / .milliseconds(1)
        print("{\"per_s\": \(rate), \"p50_ms\": \(p50), \"p99_ms\": \(p99)}")
        await relay.stop()
    }

    private static func latencies(of calls: Int, on relay: RelayRuntime) async throws -> [Duration] {
        var took: [Duration] = []
        for _ in 0..<calls {
            let start = ContinuousClock.now
            let job = NewJob(worker: "Echo", queue: "default", args: "{\"id\":1}")
            _ = try await relay.call(job, timeout: .seconds(60))
            took.append(ContinuousClock.now - start)
        }
        return took
    }
}
