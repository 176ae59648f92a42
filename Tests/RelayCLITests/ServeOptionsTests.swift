import ArgumentParser
import RelayCore
import RelayGateway
import Testing

@testable import RelayCLI

@Suite struct ServeOptionsTests {
    private func plan(
        _ arguments: [String],
        _ environment: [String: String] = [:]
    ) async throws -> ServePlan {
        try ServeOptions.parse(arguments + ["--log-level", "critical"])
            .plan(
                try await Settings(environment: environment),
                url: "postgres:///x",
                schema: "public"
            )
    }

    @Test func theDefaultsAreThoseOfTheContract() async throws {
        let plan = try await plan([])
        #expect(plan.listen == [.tcp(host: "127.0.0.1", port: 7433)])
        #expect(plan.http == .tcp(host: "127.0.0.1", port: 7434))
        #expect(plan.limits.resultBytes == 8_192)
        #expect(plan.drainGrace == .seconds(25))
        #expect(plan.queues.isEmpty && plan.tokens == nil && plan.tls == nil)
        #expect(plan.node.split(separator: ".").count >= 3)
    }

    @Test func everyOptionMayComeFromTheEnvironment() async throws {
        let plan = try await plan(
            [],
            [
                "RELAY_LISTEN": "unix:/a 127.0.0.1:2", "RELAY_HTTP": "off", "RELAY_NODE": "n",
                "RELAY_QUEUE": "a:1 b:2", "RELAY_RESULT_LIMIT": "100", "RELAY_DRAIN_GRACE": "1s",
                "RELAY_INSTANCE": "other=postgres:///y#jobs",
            ]
        )
        #expect(plan.listen == [.unix(path: "/a"), .tcp(host: "127.0.0.1", port: 2)])
        #expect(plan.http == nil && plan.node == "n" && plan.queues == ["a": 1, "b": 2])
        #expect(plan.limits.resultBytes == 100 && plan.drainGrace == .seconds(1))
        #expect(plan.instances.map(\.name) == ["default", "other"])
        #expect(plan.instances.last?.url == "postgres:///y")
        #expect(plan.instances.last?.schema == "jobs")
    }

    @Test(arguments: [
        "0.0.0.0:7433", "[::]:7433", "192.168.1.2:1", "db.example:1", "127.0.0.1.example:1",
    ])
    func listeningBeyondThisMachineNeedsTokens(address: String) async throws {
        let error = await #expect(throws: CommandError.self) {
            _ = try await plan(["--listen", address])
        }
        #expect(error?.status == .usage)
        #expect(error?.message.contains("--token-file") == true)
        let forced = try await plan(["--listen", address, "--insecure-listen-anywhere"])
        #expect(forced.listen.count == 1)
    }

    @Test(arguments: ["127.0.0.1:0", "localhost:1", "[::1]:1", "127.9.9.9:1", "unix:/x"])
    func listeningOnThisMachineNeedsNone(address: String) async throws {
        let plan = try await plan(["--listen", address])
        #expect(plan.listen.count == 1)
    }

    @Test func aTokenFileOpensTheDoor() async throws {
        try await withTemporaryFolder { folder in
            try write("# ours\n0123456789abcdef\n\n", to: "\(folder)/tokens")
            let plan = try await plan(["--listen", "0.0.0.0:1", "--token-file", "\(folder)/tokens"])
            let known = try #require(plan.tokens?.clients.tokens.first)
            #expect(known.digest == KnownToken.digest(of: "0123456789abcdef"))
            #expect(known.principal.may(.admin, in: "default"))
        }
    }

    @Test(
        arguments: [
            "short\n", "0123456789abcdef may-call\n", "sha256:00\n", "0123456789abcdef expires=x\n",
        ]
    )
    func aTokenFileThatIsWrongIsRefusedWithoutShowingATOken(text: String) throws {
        let error = #expect(throws: CommandError.self) { _ = try TokenFile.parse(text, "F") }
        #expect(error?.message.contains("0123456789abcdef") == false)
    }

    @Test(
        arguments: [
            ["--queue", "a"], ["--queue", "a:0"], ["--queue", "a:1", "--queue", "a:2"],
            ["--listen", "nowhere"], ["--http", "unix:/x"], ["--result-limit", "0"],
            ["--drain-grace", "x"], ["--tls-cert", "c"], ["--instance", "x"],
            ["--instance", "default=postgres:///x"],
        ]
    )
    func aWrongValueIsUsage(arguments: [String]) async {
        let error = await #expect(throws: CommandError.self) { _ = try await plan(arguments) }
        #expect(error?.status == .usage)
    }

    @Test func aWrongInstanceIsToldOfWithoutItsPassword() async {
        let error = await #expect(throws: CommandError.self) {
            _ = try await plan(["--instance", "postgres://u:secret@h/d"])
        }
        #expect(error?.message.contains("secret") == false)
    }
}
