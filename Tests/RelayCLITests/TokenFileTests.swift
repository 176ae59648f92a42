import FoundationEssentials
import RelayCore
import RelayGateway
import Testing

@testable import RelayCLI

@Suite struct TokenFileTests {
    private func run(_ arguments: String...) async -> ProgramStatus {
        await Program.run(["token"] + arguments)
    }

    @Test func aNewTokenStandsInTheFileAsADigestOnly() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/tokens"
            let status = await run("new", "billing", "submit:mail/*", "await", "--token-file", file)
            #expect(status == .ok)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.hasPrefix("sha256:"))
            #expect(text.hasSuffix("name=billing submit:mail/* await\n"))
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let known = try #require(try TokenFile.read(file).tokens.first)
            #expect(known.principal.name == "billing")
            #expect(known.principal.may(.await, in: "default"))
            #expect(!known.principal.may(.cancel, in: "default"))
        }
    }

    @Test func twoTokensOfOneNameAreRevokedTogetherAndOthersStay() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/tokens"
            try write("# ours\n0123456789abcdef name=a\n", to: file)
            _ = await run("new", "b", "--token-file", file)
            _ = await run("new", "b", "--token-file", file)
            #expect(await run("revoke", "b", "--token-file", file) == .ok)
            #expect(try TokenFile.lines(file).map(\.name) == ["a"])
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("# ours\n"))
            #expect(await run("revoke", "b", "--token-file", file) == .failed)
        }
    }

    @Test func aTokenIsGoodToTheEndOfItsLastDay() throws {
        let line = try #require(
            try TokenLine("0123456789abcdef expires=1970-01-02"[...], number: 1)
        )
        var clients = KnownClients(tokens: [])
        try line.add(to: &clients)
        let end: Int64 = 2 * 86_400
        #expect(clients.tokens.map(\.expiresAt) == [end])
    }

    @Test func aCertificatesNameStandsInTheFileAsItIs() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/tokens"
            let name = "uri:spiffe://prod/web/*"
            let status = await run(
                "new",
                "web",
                "await",
                "--certificate",
                name,
                "--token-file",
                file
            )
            #expect(status == .ok)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text == "cert:\(name) name=web await\n")
            let known = try #require(try TokenFile.read(file).certificates.first)
            #expect(known.name.matches("uri:spiffe://prod/web/1"))
            #expect(!known.principal.may(.submit, in: "default"))
        }
    }

    @Test(
        arguments: [
            ["a b"], ["x", "fly"], ["x", "--expires", "soon"], ["x", "--certificate", "web"],
            ["x", "--certificate", "dns:"], ["x", "--certificate", "dns:a*b"],
        ]
    )
    func whatWouldNotBeReadAgainIsNotWritten(arguments: [String]) async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/tokens"
            let status = await Program.run(["token", "new"] + arguments + ["--token-file", file])
            #expect(status == .usage)
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func aFileWithoutTokensServesNobody() async throws {
        try await withTemporaryFolder { folder in
            try write("# nothing\n", to: "\(folder)/tokens")
            #expect(throws: CommandError.self) { _ = try TokenFile.read("\(folder)/tokens") }
        }
    }
}
