import FoundationEssentials
import PostgresTestSupport
import RelayClient
import Subprocess
import Testing

extension EndToEndTests {
    @Suite(.serialized) struct Work {
        /// Runs the body beside a worker whose program is a line of shell.
        private func withWorker(
            _ shell: String,
            program: String = "sh",
            body: @Sendable (Gateway) async throws -> Void
        ) async throws {
            try await Gateway.with { gateway, _ in
                let status = try await BackgroundProgram.with(
                    ["work", "--queue", "q:2", "--", program, "-c", shell],
                    environment: ["RELAY_ADDRESS": gateway.address],
                    until: " working "
                ) { _ in
                    try await body(gateway)
                }
                #expect(status == .exited(0))
            }
        }

        @Test(arguments: ["sh", "/bin/sh"])
        func aProgramReadsArgumentsAndWritesTheResult(program: String) async throws {
            try await withWorker("tr a-z A-Z", program: program) { gateway in
                let ending = try await gateway.relay(
                    "call",
                    "Shout",
                    #"{"say":"it works"}"#,
                    "--queue",
                    "q"
                )
                #expect(ending.stdout == "{\"SAY\":\"IT WORKS\"}\n" && ending.status == 0)
            }
        }

        @Test func aProgramKnowsItsJob() async throws {
            try await withWorker(
                "printf '\"%s %s %s/%s %s\"' $RELAY_WORKER $RELAY_QUEUE $RELAY_ATTEMPT $RELAY_MAX_ATTEMPTS $RELAY_TAGS"
            ) {
                gateway in
                let ending = try await gateway.relay(
                    "call",
                    "W",
                    "--queue",
                    "q",
                    "--tag",
                    "a",
                    "--tag",
                    "b",
                    "--max-attempts",
                    "7"
                )
                #expect(ending.stdout == "\"W q 1/7 a,b\"\n")
            }
        }

        @Test func theExitStatusSaysHowItEnded() async throws {
            try await withWorker("read args; echo \"no luck\" >&2; exit ${args##*:}") { gateway in
                let failed = try await gateway.relay(
                    "call",
                    "W",
                    #"{"exit":3}"#,
                    "--queue",
                    "q",
                    "--max-attempts",
                    "1",
                    "--json"
                )
                #expect(failed.status == 1)
                #expect(failed.stdout.contains(#""kind":"ExitStatus""#))
            }
            try await withWorker("exit 75") { gateway in
                let snoozed = try await gateway.relay("call", "W", "--queue", "q", "--json")
                #expect(snoozed.status == 1 && snoozed.stdout.contains(#""reason":"SNOOZED""#))
            }
            try await withWorker("echo 'no luck' >&2; exit 3") { gateway in
                let failed = try await gateway.relay("call", "W", "--queue", "q")
                #expect(failed.stderr == "relay: ExitStatus: no luck\n")
            }
        }

        @Test func aCancelledJobEndsItsProgramAndAllThatItStarted() async throws {
            try await withTemporaryFolder { folder in
                try await withWorker(
                    "echo $$ > \(folder)/pid; sleep 600 | cat; echo never > \(folder)/never"
                ) { gateway in
                    let started = try await gateway.relay("async", "W", "--queue", "q")
                    let relay = String(try #require(started.lines.first))
                    while !FileManager.default.fileExists(atPath: "\(folder)/pid") {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    #expect(try await gateway.relay("cancel", relay).status == 0)
                    let pid = try String(contentsOfFile: "\(folder)/pid", encoding: .utf8)
                    let process = "/proc/" + pid.filter { $0.isNumber }
                    while FileManager.default.fileExists(atPath: process) {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    #expect(!FileManager.default.fileExists(atPath: "\(folder)/never"))
                }
            }
        }

        @Test func drainingLetsARunningProgramFinish() async throws {
            try await Gateway.with { gateway, _ in
                let relay = TextBox()
                let status = try await BackgroundProgram.with(
                    [
                        "work", "--queue", "q:1", "--", "sh", "-c",
                        "echo started >&2; sleep 1; echo '\"done\"'",
                    ],
                    environment: ["RELAY_ADDRESS": gateway.address],
                    until: " working "
                ) { worker in
                    let started = try await gateway.relay("async", "W", "--queue", "q")
                    await relay.set(String(try #require(started.lines.first)))
                    #expect(await worker.log.contains("started"))
                }
                #expect(status == .exited(0))
                let ending = try await gateway.relay("await", await relay.text, "--timeout", "0")
                #expect(ending.stdout == "\"done\"\n")
            }
        }
    }
}

/// A text that is set once.
actor TextBox {
    private(set) var text = ""

    func set(_ text: String) { self.text = text }
}
