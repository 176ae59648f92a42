import ArgumentParser
import RelayClient
import Testing

@testable import RelayCLI

@Suite struct JobOptionsTests {
    private func job(
        _ arguments: [String],
        _ environment: [String: String] = [:]
    ) async throws -> NewJob {
        try JobOptions.parse(arguments).job(try await Settings(environment: environment))
    }

    @Test func aWorkerIsEnough() async throws {
        #expect(try await job(["Echo"]) == NewJob(worker: "Echo"))
    }

    @Test func everyOptionIsUsed() async throws {
        let job = try await job([
            "Charge", #"{"a":1}"#, "--queue", "q", "--priority", "3", "--max-attempts", "2",
            "--schedule-in", "10m", "--expires-in", "1h", "--tag", "x", "--tag", "y", "--meta",
            #"{"m":1}"#, "--unique", "forever", "--unique-fields", "worker, queue",
            "--unique-keys", "a", "--unique-states", "available",
        ])
        var wanted = NewJob(
            worker: "Charge",
            queue: "q",
            args: #"{"a":1}"#,
            priority: 3,
            maxAttempts: 2
        )
        wanted.schedule = .after(.seconds(600))
        wanted.expiresIn = .seconds(3_600)
        wanted.tags = ["x", "y"]
        wanted.meta = #"{"m":1}"#
        wanted.unique = Unique(
            period: nil,
            fields: [.worker, .queue],
            keys: ["a"],
            states: [.available]
        )
        #expect(job == wanted)
    }

    @Test func theTraceOfTheEnvironmentIsPassedOn() async throws {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(try await job(["W"], ["TRACEPARENT": trace]).traceparent == trace)
    }

    @Test func everythingThatIsWrongIsNamedOnOneLine() async {
        let error = await #expect(throws: CommandError.self) {
            _ = try await job(["", "[1]", "--tag", ""])
        }
        #expect(error?.status == .usage)
        #expect(error?.message.contains("worker must not be empty") == true)
        #expect(error?.message.contains("args must be a JSON object") == true)
        #expect(error?.message.contains("\n") == false)
    }
}
