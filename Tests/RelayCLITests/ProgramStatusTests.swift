import RelayClient
import Testing

@testable import RelayCLI

@Suite struct ProgramStatusTests {
    @Test(
        arguments: [
            (StatusCode.invalidArgument, ProgramStatus.usage), (.alreadyExists, .usage),
            (.failedPrecondition, .usage), (.unauthenticated, .usage), (.unavailable, .unavailable),
            (.resourceExhausted, .unavailable),
        ]
    )
    func anErrorMeansAStatus(code: StatusCode, status: ProgramStatus) {
        let error = CommandError(RelayError(code, reason: "R", message: "m"))
        #expect(error.status == status)
    }

    @Test func whereNoGatewayAnswersTheLineSaysWhatToDo() {
        let error = RelayError(.unavailable, reason: "CONNECT_FAILED", message: "nobody at X")
        let line = CommandError(error, unavailableHint: "start one").message
        #expect(line == "nobody at X (CONNECT_FAILED); start one")
    }

    @Test(
        arguments: [
            ([], ProgramStatus.usage), (["--bogus"], .usage), (["Echo", "{"], .usage),
            (["Echo", "--timeout", "x"], .usage), (["Echo", "--address", "h:0"], .usage),
            (["Echo", "--address", "unix:/nonexistent"], .unavailable), (["--help"], .ok),
        ]
    )
    func aCommandLineEndsWithItsStatus(arguments: [String], status: ProgramStatus) async {
        #expect(await Program.run(["call"] + arguments) == status)
    }
}
