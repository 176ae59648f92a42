import PostgresTestSupport
import Subprocess
import Testing

extension EndToEndTests {
    @Suite(.serialized) struct Instances {
        @Test func oneThatIsDownLeavesTheOthersServingAndRelaysAreOfTheirOwn() async throws {
            try await TestDatabase.with { second in
                _ = try await Binary.run(["migrate"], environment: ["DATABASE_URL": second.url])
                try await TestDatabase.with { first in
                    _ = try await Binary.run(["migrate"], environment: ["DATABASE_URL": first.url])
                    let more = [
                        "--instance", "second=\(second.url)",
                        "--instance", "down=postgres://127.0.0.1:1/nothing",
                    ]
                    _ = try await Gateway.with(first, queues: ["default:2"], arguments: more) {
                        try await Self.calls($0)
                    }
                }
            }
        }

        private static func calls(_ gateway: Gateway) async throws {
            let here = try await gateway.relay("call", "Echo", #"{"n":1}"#)
            #expect(here.stdout == "{\"n\":1}\n")

            let down = try await gateway.relay("call", "Echo", "--instance", "down")
            #expect(down.status == 4 && down.stderr.contains("POSTGRES_UNAVAILABLE"))

            let there = try await gateway.relay("async", "Echo", "--instance", "second")
            let relay = try #require(there.lines.first)
            #expect(relay.hasPrefix("second/"))
            // The same job's number and ref, in the other instance, is nobody's relay.
            let elsewhere = try await gateway.relay(
                "await",
                String(relay.dropFirst("second/".count))
            )
            #expect(elsewhere.status == 1 && elsewhere.stderr.contains("NOT_FOUND"))

            let unknown = try await gateway.relay("call", "Echo", "--instance", "nowhere")
            #expect(unknown.stderr.contains("INSTANCE_UNKNOWN"))
        }
    }
}
