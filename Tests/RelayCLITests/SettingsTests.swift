import Testing

@testable import RelayCLI

@Suite struct SettingsTests {
    @Test func aFlagBeatsTheEnvironmentAndTheEnvironmentBeatsTheFile() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/relay.json"
            try write(#"{"address":"file:1","timeout":"1s","drain-grace":"3s"}"#, to: file)
            let settings = try await Settings(
                file: file,
                environment: ["RELAY_ADDRESS": "env:1", "RELAY_TIMEOUT": "2s"]
            )
            #expect(settings.text("address", "flag:1") == "flag:1")
            #expect(settings.text("address") == "env:1")
            #expect(try settings.duration("timeout") == .seconds(2))
            #expect(try settings.duration("drain-grace") == .seconds(3))
            #expect(settings.text("queue") == nil)
        }
    }

    @Test func aYAMLFileIsRead() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/relay.yaml"
            try write(
                "listen:\n  - 127.0.0.1:1\n  - unix:/x\nresult-limit: 99\nwith-retries: true\n",
                to: file
            )
            let settings = try await Settings(file: file, environment: [:])
            #expect(settings.list("listen") == ["127.0.0.1:1", "unix:/x"])
            #expect(try settings.number("result-limit", in: 1...100) == 99)
            #expect(try settings.isOn("with-retries"))
        }
    }

    @Test func severalValuesAreSeparatedBySpacesInTheEnvironment() async throws {
        let settings = try await Settings(environment: ["RELAY_QUEUE": "a:1 b:2"])
        #expect(settings.list("queue") == ["a:1", "b:2"])
        #expect(settings.list("queue", ["c:3"]) == ["c:3"])
    }

    @Test func theConfigurationFileMayBeNamedInTheEnvironment() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/relay.json"
            try write(#"{"node":"n1"}"#, to: file)
            let settings = try await Settings(environment: ["RELAY_CONFIG": file])
            #expect(settings.text("node") == "n1")
        }
    }

    @Test func aFileThatCannotBeReadIsNamed() async {
        let error = await #expect(throws: CommandError.self) {
            _ = try await Settings(file: "/nonexistent.json", environment: [:])
        }
        #expect(error?.status == .usage)
        #expect(error?.message.contains("/nonexistent.json") == true)
    }

    @Test func aSecretMayStandInAFile() async throws {
        try await withTemporaryFolder { folder in
            try write("s3cret\n", to: "\(folder)/token")
            let settings = try await Settings(environment: ["RELAY_TOKEN_FILE": "\(folder)/token"])
            #expect(try settings.secret("token") == "s3cret")
            let both = try await Settings(
                environment: ["RELAY_TOKEN_FILE": "\(folder)/token", "RELAY_TOKEN": "direct"]
            )
            #expect(try both.secret("token") == "direct")
        }
    }

    @Test func aSecretsFileThatIsMissingIsNamedAndNotTheSecret() async throws {
        let settings = try await Settings(environment: ["RELAY_TOKEN_FILE": "/nonexistent"])
        let error = #expect(throws: CommandError.self) { try settings.secret("token") }
        #expect(error?.message == "RELAY_TOKEN_FILE: cannot read /nonexistent")
    }

    @Test func aWrongValueNamesTheOptionAndWhatItMayBe() async throws {
        let settings = try await Settings(environment: [
            "RELAY_PRIORITY": "ten", "RELAY_JSON": "maybe",
        ])
        let number = #expect(throws: CommandError.self) {
            try settings.number("priority", in: 0...9)
        }
        #expect(number?.message == "--priority: 'ten' is not a number from 0 to 9")
        let truth = #expect(throws: CommandError.self) { try settings.isOn("json") }
        #expect(truth?.message.contains("--json") == true)
    }

    @Test func withinAJobItsDescriptionIsNotTakenForOptions() async throws {
        let environment = ["RELAY_JOB_ID": "1", "RELAY_QUEUE": "mine", "RELAY_META": "{}"]
        let settings = try await Settings(environment: environment)
        #expect(settings.text("queue") == nil)
        #expect(settings.text("meta") == nil)
    }

    @Test func anEmptyVariableIsNoValue() async throws {
        let settings = try await Settings(environment: ["RELAY_ADDRESS": ""])
        #expect(settings.text("address") == nil)
    }
}
