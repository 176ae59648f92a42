import Testing

@testable import RelayPostgres

@Suite("The way to Postgres")
struct TransportTests {
    private func keywords(_ conninfo: String) throws -> [String: String] {
        let pairs = try ConnectionTarget(conninfo: conninfo)
            .keywords(applicationName: "test", attempt: 0)
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0.keyword, $0.value) })
    }

    @Test(
        "beyond this machine is by TLS with the server's certificate checked, unless the URL says otherwise",
        arguments: [
            "postgres://u@db.example/x", "host=10.0.0.1", "hostaddr=10.0.0.1",
            "host=localhost,db.example", "postgres://u@[2001:db8::1]/x",
        ]
    )
    func remote(conninfo: String) throws {
        #expect(try keywords(conninfo)["sslmode"] == "verify-full")
    }

    @Test(
        "on this machine, or where the URL says how, is left as it is",
        arguments: [
            ("postgres://u@localhost/x", nil), ("postgres://u@127.0.0.1/x", nil),
            ("host=/run/postgresql", nil), ("host=::1", nil),
            ("postgres://u@db.example/x?sslmode=disable", "disable"),
        ] as [(String, String?)]
    )
    func local(conninfo: String, sslmode: String?) throws {
        #expect(try keywords(conninfo)["sslmode"] == sslmode)
    }

    @Test("that fails for want of TLS says what to write")
    func hint() throws {
        let said = "connection failed: server does not support SSL, but SSL was required"
        let remote = try ConnectionTarget(conninfo: "host=db.example").explained(said)
        #expect(remote.contains("sslmode=disable"))
        let chosen = try ConnectionTarget(conninfo: "host=db.example sslmode=require")
        #expect(chosen.explained(said) == said)
    }
}
