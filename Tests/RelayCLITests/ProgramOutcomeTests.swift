import NIOCore
import RelayClient
import Subprocess
import Testing

@testable import RelayCLI

@Suite struct ProgramOutcomeTests {
    private func outcome(
        _ status: TerminationStatus,
        _ stdout: String,
        _ stderr: String = ""
    ) -> ExecutionOutcome {
        ProgramOutcome.outcome(status, stdout: ByteBuffer(string: stdout), stderr: stderr)
    }

    @Test func stdoutIsTheResult() {
        #expect(outcome(.exited(0), "{\"a\": 1}\n") == .ok(.json("{\"a\": 1}")))
        #expect(outcome(.exited(0), "") == .ok(.null))
        #expect(
            outcome(.exited(0), "hello\n")
                == .ok(.data(Array("hello\n".utf8), contentType: "text/plain; charset=utf-8"))
        )
        let bytes = ByteBuffer(bytes: [0xFF, 0x00])
        #expect(
            ProgramOutcome.value(bytes)
                == .data([0xFF, 0], contentType: RelayValue.defaultContentType)
        )
    }

    @Test func theStatusSaysHowItEnded() {
        #expect(outcome(.exited(75), "x") == .snooze(.seconds(30)))
        #expect(
            outcome(.exited(3), "x", "no such order\n")
                == .exception(JobException(kind: "ExitStatus", message: "no such order"))
        )
        #expect(
            outcome(.exited(3), "")
                == .exception(JobException(kind: "ExitStatus", message: "exit status 3"))
        )
        #expect(
            outcome(.signaled(9), "")
                == .exception(JobException(kind: "ExitStatus", message: "ended by signal 9"))
        )
    }
}
