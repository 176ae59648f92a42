import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Listening", .timeLimit(.minutes(1)))
struct ListenTests {
    @Test(
        "a channel is taken literally, with its case, dots and quotation marks",
        arguments: [
            "public.oban_insert", "Capital", #"with "quotes""#, String(repeating: "é", count: 31),
        ]
    )
    func quoting(channel: String) async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(channels: [channel], onEvent: log.record)
            _ = await log.nextBackend()
            let raw = try database.raw()
            let literal = channel.replacing("'", with: "''")
            try raw.run("SELECT pg_notify('\(literal)', 'hello')")
            let heard = await log.nextNotification()
            #expect(heard?.channel == channel && heard?.payload == "hello")
            await session.end()
        }
    }

    @Test("once connected is told, nothing that is notified is missed, not even after a loss")
    func listensAgain() async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(channels: ["a", "b"], onEvent: log.record)
            let raw = try database.raw()
            for round in 0..<3 {
                let pid = try #require(await log.nextBackend())
                try raw.run("SELECT pg_notify('a', '\(round)'), pg_notify('b', '\(round)')")
                let first = await log.nextNotification()
                let second = await log.nextNotification()
                #expect(first?.channel == "a" && first?.payload == "\(round)")
                #expect(second?.channel == "b" && second?.payload == "\(round)")
                try raw.run("SELECT pg_terminate_backend(\(pid))")
            }
            #expect(log.payloads == ["0", "0", "1", "1", "2", "2"])
            await session.end()
        }
    }

    @Test("notifications arrive while units are carried out on the same connection")
    func whilePipelining() async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(channels: ["a"], onEvent: log.record)
            _ = await log.nextBackend()
            let units = (0..<200).map {
                PGUnit("SELECT pg_notify('a', $1)", [.text("\($0)")], alone: $0 % 3 == 0)
            }
            let outcomes = try await session.outcomes(of: units)
            #expect(outcomes.compactMap(\.code).isEmpty)
            for number in 0..<200 {
                let heard = await log.nextNotification()
                #expect(heard?.payload == "\(number)")
            }
            await session.end()
        }
    }

    @Test("a payload of 7,999 bytes passes, one of 8,000 is refused and fails its unit only")
    func payloadLimit() async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(channels: ["a"], onEvent: log.record)
            _ = await log.nextBackend()
            let payloads = [
                String(repeating: "x", count: 7_999), String(repeating: "x", count: 8_000), "y",
            ]
            let units = payloads.map { PGUnit("SELECT pg_notify('a', $1)", [.text($0)]) }
            let outcomes = try await session.outcomesOfOneBatch(units, on: database)
            #expect(outcomes.map(\.sqlState?.rawValue) == [nil, "22023", nil])
            let first = await log.nextNotification()
            let second = await log.nextNotification()
            #expect(first?.payload.utf8.count == 7_999 && second?.payload == "y")
            await session.end()
        }
    }

    @Test("a rolled back unit notifies nobody", arguments: [true, false])
    func rollback(alone: Bool) async throws {
        try await TestDatabase.with { database in
            let log = EventLog()
            let session = database.session(channels: ["a"], onEvent: log.record)
            _ = await log.nextBackend()
            let notify = PGStatement("SELECT pg_notify('a', $1)", [.text("no")])
            let outcomes = try await session.outcomesOfOneBatch(
                [
                    PGUnit([notify, PGStatement("SELECT 1 / 0")], alone: alone),
                    PGUnit("SELECT pg_notify('a', 'yes')"),
                ],
                on: database
            )
            #expect(outcomes.map(\.sqlState?.rawValue) == ["22012", nil])
            let heard = await log.nextNotification()
            #expect(heard?.payload == "yes" && log.payloads == ["yes"])
            await session.end()
        }
    }

    @Test(
        "a channel that Postgres would cut or fold is refused by name",
        arguments: ["", String(repeating: "é", count: 32)]
    )
    func badChannel(channel: String) async throws {
        let url = try TestDatabase.clusterURL()
        var configuration = PGConfiguration(conninfo: url, applicationName: "test")
        configuration.channels = [channel]
        #expect(throws: PGError.self) { try configuration.validate() }
        let log = EventLog()
        let session = TestSession(url: url, channels: [channel], onEvent: log.record)
        let loss = await log.nextLoss()
        #expect(loss?.code == .connect && loss?.message.contains("1 to 63 bytes") == true)
        await session.end()
    }
}
