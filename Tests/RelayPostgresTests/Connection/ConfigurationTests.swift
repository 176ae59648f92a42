import PostgresTestSupport
import RelayPostgres
import Testing

@Suite("Configuration", .timeLimit(.minutes(1)))
struct ConfigurationTests {
    private static func configuration(_ conninfo: String) -> PGConfiguration {
        PGConfiguration(conninfo: conninfo, applicationName: "test")
    }

    @Test("a session has the settings that results and deadlines rely on")
    func settings() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let configuration = PGConfiguration(conninfo: database.url, applicationName: "relay/Ä")
            let connection = PGConnection(
                configuration: configuration,
                name: "test",
                logger: Quiet.logger
            )
            connection.start()
            let unit = PGUnit(
                """
                SELECT current_setting('search_path'), current_setting('statement_timeout'),
                    current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),
                    current_setting('TimeZone'), current_setting('client_encoding')
                """
            )
            let row = try #require(try await connection.submit(unit).first)
            #expect((0..<6).map { row.text(0, $0) } == ["", "10s", "2s", "15s", "UTC", "UTF8"])
            connection.close()
            await connection.waitUntilClosed()
        }
    }

    @Test("what is wrong with a connection string is told without the string")
    func unreadable() {
        for text in [
            "postgres//relay:hunter2@host/db", "host=a hunter2",
            "postgres://relay:hunter2%zz@host/db",
            "postgres://relay:hunter2@[::1/db", "host=a password='hunter2",
            "postgres://u@h/db?hunter2=1", "pass\"word hunter2 \" x",
        ] {
            let error = #expect(throws: PGError.self) { try Self.configuration(text).validate() }
            let told = "\(String(describing: error)) \(String(reflecting: error))"
            #expect(!told.contains("hunter2"), "\(text)")
            #expect(error?.message.contains("postgres://USER@HOST:PORT/DATABASE") == true)
        }
    }

    @Test("a target is described for logs by user, host, port and database")
    func target() throws {
        let url = "postgres://relay:hunter2@db.example:6432/jobs?sslmode=require"
        #expect(try Self.configuration(url).target() == "relay@db.example:6432/jobs")
        let words = "host=db.example port=6432 user=relay password=hunter2 dbname=jobs"
        #expect(try Self.configuration(words).target() == "relay@db.example:6432/jobs")
    }

    @Test("a connection that cannot be made is reported without its password")
    func refused() async throws {
        let log = EventLog()
        let session = TestSession(
            url: "host=/nowhere user=hunter2 password=hunter2 dbname=d",
            onEvent: log.record
        )
        let loss = try #require(await log.nextLoss())
        #expect(loss.code == .connect && loss.message.contains("/nowhere"))
        #expect(!String(reflecting: loss).contains("hunter2"))
        await session.end()
    }

    @Test("a connection string that cannot be read is an event, not a crash")
    func unreadableAtStart() async throws {
        let log = EventLog()
        let session = TestSession(url: "postgres//no", onEvent: log.record)
        #expect(await log.nextLoss()?.code == .connect)
        await session.end()
    }

    @Test("of several hosts the first that is there is taken")
    func severalHosts() async throws {
        try await TestDatabase.withSchema { database, _ async throws in
            let socket = try #require(
                database.url.split(separator: "@").last?.split(separator: ":").first
            )
            let url = "postgres://postgres@%2Fnowhere,\(socket)/postgres"
            guard database.url.contains("%2F") else { return }
            let session = TestSession(url: url)
            #expect(try await session.run("SELECT 1") == [["1"]])
            await session.end()
        }
    }
}
