import PostgresTestSupport
import RelayClient
import Subprocess
import Testing

extension EndToEndTests {
    @Suite(.serialized) struct ClientCommands {
        @Test func callPrintsTheResultAsItIs() async throws {
            try await Gateway.with { gateway, _ in
                let json = try await gateway.relay("call", "Echo", #"{"id":123}"#)
                #expect(json.stdout == "{\"id\":123}\n" && json.stderr == "" && json.status == 0)
                let stdin = try await gateway.relay(
                    "call",
                    "Echo",
                    "-",
                    stdin: #"{"from":"stdin"}"#
                )
                #expect(stdin.stdout == "{\"from\":\"stdin\"}\n")
                let bytes = try await gateway.relay("call", "Big", #"{"bytes":10}"#, "--json")
                #expect(bytes.stdout.contains(#""content_type":"application/octet-stream""#))
            }
        }

        @Test func aFailedJobIsStatusOneAndOneLine() async throws {
            try await Gateway.with { gateway, _ in
                let ending = try await gateway.relay("call", "Fail", #"{"message":"no\nluck"}"#)
                #expect(ending.status == 1 && ending.stdout == "")
                #expect(ending.stderr == "relay: DemoFailure: no luck\n")
            }
        }

        @Test func aTimeoutPrintsTheRelayByWhichOneGoesOn() async throws {
            try await Gateway.with { gateway, _ in
                let ending = try await gateway.relay(
                    "call",
                    "Sleep",
                    #"{"ms":700}"#,
                    "--timeout",
                    "100ms"
                )
                #expect(ending.status == 3)
                let relay = try #require(ending.lines.first.map(String.init))
                #expect(RelayHandle(text: relay) != nil)
                #expect(
                    ending.complaints.count == 1 && ending.stderr.contains("relay await \(relay)")
                )
                let later = try await gateway.relay("await", relay)
                #expect(later.stdout == "{\"ms\":700}\n" && later.status == 0)
                let again = try await gateway.relay("await", relay, "--timeout", "0")
                #expect(again.stdout == later.stdout)
            }
        }

        @Test func severalRelaysAreLinesOfJSONAsTheyHappenOrInOrder() async throws {
            try await Gateway.with { gateway, _ in
                var relays: [String] = []
                for (worker, args) in [("Sleep", #"{"ms":3000}"#), ("Echo", "{}"), ("Fail", "{}")] {
                    let ending = try await gateway.relay("async", worker, args)
                    relays.append(String(try #require(ending.lines.first)))
                }
                let asTheyHappen = try await gateway.relay("await", relays[0], relays[1], relays[2])
                #expect(asTheyHappen.status == 1 && asTheyHappen.lines.count == 3)
                #expect(asTheyHappen.lines.last?.hasPrefix(#"{"index":0,"#) == true)
                let ordered = try await gateway.relay(
                    "await",
                    "-",
                    "--ordered",
                    stdin: relays.joined(separator: "\n")
                )
                let indexes = ordered.lines.map { $0.prefix(10) }
                #expect(indexes == [#"{"index":0"#, #"{"index":1"#, #"{"index":2"#])
                #expect(ordered.lines[1].hasSuffix(#""ok":{}}"#))
                #expect(ordered.lines[2].contains(#""error":{"reason":"EXCEPTION""#))
            }
        }

        @Test func cancellingEndsTheJobAndItsWaiters() async throws {
            try await Gateway.with { gateway, _ in
                let started = try await gateway.relay("async", "Sleep", #"{"ms":60000}"#)
                let relay = String(try #require(started.lines.first))
                let cancelled = try await gateway.relay("cancel", relay)
                #expect(cancelled.stdout == "cancelled\n" && cancelled.status == 0)
                let waited = try await gateway.relay("await", relay)
                #expect(waited.status == 1 && waited.complaints.count == 1)
            }
        }

        @Test func aLoadOfCallsIsCounted() async throws {
            try await Gateway.with { gateway, _ in
                let ending = try await gateway.relay(
                    "bench",
                    "--calls",
                    "50",
                    "--in-flight",
                    "5",
                    "--json"
                )
                #expect(ending.status == 0)
                #expect(ending.stdout.contains(#""calls":50,"in_flight":5,"failed":0"#))
            }
        }

        @Test func theSameKeyIsTheSameJob() async throws {
            try await Gateway.with { gateway, _ in
                let first = try await gateway.relay("async", "Echo", "{}", "--idempotency-key", "k")
                let second = try await gateway.relay(
                    "async",
                    "Echo",
                    "{}",
                    "--idempotency-key",
                    "k"
                )
                #expect(first.status == 0 && first.stdout == second.stdout)
                let other = try await gateway.relay(
                    "async",
                    "Echo",
                    #"{"x":1}"#,
                    "--idempotency-key",
                    "k"
                )
                #expect(other.status == 2 && other.stderr.contains("KEY_CONFLICT"))
            }
        }

        @Test func theTableIsShownWithoutRefs() async throws {
            try await Gateway.with { gateway, database in
                let call = try await gateway.relay("call", "Echo", #"{"id":5}"#, "--json")
                let queues = try await Binary.run(
                    ["queues", "--json"],
                    environment: ["DATABASE_URL": database.url]
                )
                #expect(queues.stdout.contains(#"{"queue":"default","available":0"#))
                let jobs = try await Binary.run(
                    ["jobs", "--json"],
                    environment: ["DATABASE_URL": database.url]
                )
                #expect(
                    jobs.stdout.contains(#""worker":"Echo""#)
                        && jobs.stdout.contains(#""args":{"id":5}"#)
                )
                let ref = try #require(
                    call.stdout.split(separator: "\"").first { $0.contains("/") }?.split(
                        separator: "/"
                    )
                    .last
                )
                #expect(!jobs.stdout.contains(ref))
            }
        }
    }
}
