import ArgumentParser
import Testing

@testable import RelayCLI

@Suite struct DatabaseOptionsTests {
    @Test func theURLComesFromOurVariableBeforeTheUsualOne() async throws {
        let options = try DatabaseOptions.parse([])
        let both = try await Settings(
            environment: ["RELAY_DATABASE_URL": "ours", "DATABASE_URL": "usual"]
        )
        #expect(try options.url(both) == "ours")
        let usual = try await Settings(environment: ["DATABASE_URL": "usual"])
        #expect(try options.url(usual) == "usual")
        let none = try await Settings(environment: [:])
        #expect(try options.url(none) == nil)
        #expect(throws: CommandError.self) { try options.requiredURL(none) }
    }

    @Test func aFlagBeatsBoth() async throws {
        let options = try DatabaseOptions.parse(["--database-url", "flag"])
        let settings = try await Settings(environment: ["RELAY_DATABASE_URL": "ours"])
        #expect(try options.url(settings) == "flag")
    }

    @Test(
        arguments: [
            ("postgres://u:secret@h/d", true), ("postgres://u@h/d?password=x", true),
            ("host=h password=x", true), ("postgres://u@h:5432/d", false), ("postgres:///d", false),
        ]
    )
    func aPasswordInAURLIsNoticed(url: String, hasPassword: Bool) {
        #expect(DatabaseOptions.hasPassword(url) == hasPassword)
    }
}
