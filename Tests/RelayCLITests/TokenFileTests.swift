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
            let known = try #require(try TokenFile.read(file).first)
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
        #expect(try line.known().expiresAt == 2 * 86_400)
    }

    @Test(arguments: [["a b"], ["x", "fly"], ["x", "--expires", "soon"]])
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
