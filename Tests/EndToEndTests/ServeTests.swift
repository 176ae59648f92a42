import PostgresTestSupport
import RelayClient
import Subprocess
import Testing

extension EndToEndTests {
    @Suite(.serialized) struct Serve {
        @Test func whereTheSchemaIsMissingOneLineSaysWhatToDo() async throws {
            try await TestDatabase.with { database in
                let ending = try await Binary.run(
                    ["serve", "--listen", "unix:/tmp/relay-test-unused.sock", "--http", "off"],
                    environment: ["DATABASE_URL": database.url]
                )
                #expect(ending.status == 2)
                #expect(
                    ending.complaints.count == 1 && ending.stderr.contains("run `relay migrate`")
                )
            }
        }

        @Test func whereNoDatabaseIsNamedOneLineSaysWhatToDo() async throws {
            let ending = try await Binary.run(["serve"])
            #expect(ending.status == 2)
            #expect(ending.complaints.count == 1 && ending.stderr.contains("DATABASE_URL"))
        }

        @Test func migratingTwiceIsMigratingOnce() async throws {
            try await TestDatabase.with { database in
                let environment: [Environment.Key: String?] = ["DATABASE_URL": database.url]
                #expect(
                    try await Binary.run(["migrate", "--check"], environment: environment).status
                        == 1
                )
                let sql = try await Binary.run(
                    ["migrate", "--print-sql"],
                    environment: environment
                )
                #expect(sql.status == 0 && sql.stdout.contains("CREATE TABLE"))
                let first = try await Binary.run(["migrate"], environment: environment)
                #expect(first.status == 0 && first.stdout == "public: made\n")
                let second = try await Binary.run(["migrate"], environment: environment)
                #expect(second.status == 0 && second.stdout == "public: up to date\n")
                #expect(
                    try await Binary.run(["migrate", "--check"], environment: environment).status
                        == 0
                )
            }
        }

        @Test func anAnswerIsFoundAtAnotherGatewayAfterThisOneWasKilled() async throws {
            try await Gateway.with { other, database in
                let relay = TextBox()
                let status = try await Gateway.with(database) { gateway in
                    let started = try await gateway.relay("async", "Sleep", #"{"ms":300}"#)
                    await relay.set(String(try #require(started.lines.first)))
                    gateway.program.send(.kill)
                }
                #expect(status == .signaled(9))
                let ending = try await other.relay("await", await relay.text)
                #expect(ending.stdout == "{\"ms\":300}\n" && ending.status == 0)
            }
        }

        @Test func aJobOfAKilledGatewayRunsAgainElsewhere() async throws {
            try await TestDatabase.with { database in
                _ = try await Binary.run(["migrate"], environment: ["DATABASE_URL": database.url])
                let relay = TextBox()
                _ = try await Gateway.with(database, queues: ["default:5"]) { gateway in
                    let started = try await gateway.relay("async", "Sleep", #"{"ms":2000}"#)
                    await relay.set(String(try #require(started.lines.first)))
                    let seen = try await gateway.relay("await", await relay.text, "--timeout", "1s")
                    #expect(seen.stderr.contains("executing"))
                    gateway.program.send(.kill)
                }
                _ = try await Gateway.with(database, queues: ["default:5"]) { gateway in
                    let ending = try await gateway.relay(
                        "await",
                        await relay.text,
                        "--with-retries",
                        "--timeout",
                        "40s",
                        "--json"
                    )
                    #expect(ending.stdout.contains(#""attempt":2,"ok":{"ms":2000}"#))
                }
            }
        }

        @Test func asASignalIsHeardOpenCallsFinishAndASecondOneEndsAtOnce() async throws {
            try await Gateway.with { _, database in
                let status = try await Gateway.with(database, queues: ["mine:1"]) { gateway in
                    let client = try await RelayClient.connect(to: gateway.address)
                    let relay = try await client.async(
                        NewJob(worker: "Sleep", queue: "mine", args: #"{"ms":1500}"#)
                    )
                    async let answer = client.await(relay, timeout: .seconds(20))
                    while try await client.answer(relay, timeout: .zero).attempt == 0 {}
                    gateway.program.send(.terminate)
                    #expect(try await answer == .json(#"{"ms":1500}"#))
                }
                #expect(status == .exited(0))
                let second = try await Gateway.with(database, queues: ["mine:1"]) { gateway in
                    _ = try await gateway.relay(
                        "async",
                        "Sleep",
                        #"{"ms":60000}"#,
                        "--queue",
                        "mine"
                    )
                    gateway.program.send(.terminate)
                    #expect(await gateway.program.log.contains("draining"))
                    gateway.program.send(.terminate)
                }
                #expect(second == .exited(143))
            }
        }

        @Test func aTokenIsAskedForWhereThereAreTokens() async throws {
            try await withTemporaryFolder { folder in
                try write("0123456789abcdef\n", to: "\(folder)/tokens")
                try await Gateway.with { _, database in
                    _ = try await Gateway.with(
                        database,
                        queues: ["mine:1"],
                        arguments: ["--token-file", "\(folder)/tokens"]
                    ) { gateway in
                        let without = try await gateway.relay("call", "Echo", "--queue", "mine")
                        #expect(without.status == 2 && without.stderr.contains("token"))
                        let with = try await Binary.run(
                            ["call", "Echo", "--queue", "mine"],
                            environment: [
                                "RELAY_ADDRESS": gateway.address, "RELAY_TOKEN": "0123456789abcdef",
                            ]
                        )
                        #expect(with.stdout == "{}\n")
                    }
                }
            }
        }
    }
}
