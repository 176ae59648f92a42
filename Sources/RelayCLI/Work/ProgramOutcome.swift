internal import NIOCore
internal import RelayClient
internal import Subprocess

/// What the end of a program means for its attempt.
enum ProgramOutcome {
    /// The exit status that puts a job off: EX_TEMPFAIL of sysexits.h.
    static let snoozeStatus: Int32 = 75
    /// How long it is put off.
    static let snooze = Duration.seconds(30)
    /// The kind of the exception of any other status.
    static let exceptionKind = "ExitStatus"

    /// The outcome, from the status, all of stdout, and the end of stderr.
    static func outcome(
        _ status: TerminationStatus,
        stdout: ByteBuffer,
        stderr: String
    ) -> ExecutionOutcome {
        switch status {
        case .exited(0): .ok(value(stdout))
        case .exited(snoozeStatus): .snooze(snooze)
        case .exited(let code): exception("exit status \(code)", stderr)
        case .signaled(let signal): exception("ended by signal \(signal)", stderr)
        }
    }

    /// Nothing is null, JSON is itself, anything else is bytes.
    static func value(_ stdout: ByteBuffer) -> RelayValue {
        guard stdout.readableBytes > 0 else { return .null }
        guard let text = String(validating: stdout.readableBytesView, as: UTF8.self) else {
            return .data(
                Array(stdout.readableBytesView),
                contentType: RelayValue.defaultContentType
            )
        }
        if (try? JSONSyntax.check(text)) != nil { return .json(trimmed(text)) }
        return .data(Array(text.utf8), contentType: "text/plain; charset=utf-8")
    }

    private static func exception(_ what: String, _ stderr: String) -> ExecutionOutcome {
        let message = trimmed(stderr)
        return .exception(
            JobException(kind: exceptionKind, message: message.isEmpty ? what : message)
        )
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
