import Logging
import RelayClient
import Testing

@testable import RelayCLI

@Suite struct OutputTests {
    private let relay = RelayHandle(
        jobID: 7,
        ref: RelayRef(bytes: [UInt8](repeating: 1, count: 16)) ?? .random()
    )

    @Test func anAnswerIsALineOfJSON() {
        let answer = AwaitAnswer(
            relay: relay,
            attempt: 1,
            outcome: .ok(.json("{\n  \"a b\" : 1 }"))
        )
        #expect(
            AnswerLine.text(answer, index: 2)
                == #"{"index":2,"relay":"7/AQEBAQEBAQEBAQEBAQEBAQ","attempt":1,"ok":{"a b":1}}"#
        )
    }

    @Test func aFailureSaysItsReasonAndKind() {
        let failure = Failure(reason: .exception, kind: "E", message: "a\n\"b\"", state: .retryable)
        let answer = AwaitAnswer(relay: relay, attempt: 1, outcome: .failed(failure))
        #expect(
            AnswerLine.text(answer)
                == #"{"relay":"7/AQEBAQEBAQEBAQEBAQEBAQ","attempt":1,"error":{"reason":"EXCEPTION","kind":"E","message":"a\n\"b\"","state":"retryable"}}"#
        )
        #expect(FailureText.line(failure) == "E: a \"b\"")
    }

    @Test func aTimeoutSaysHowToGoOn() {
        let failure = Failure(reason: .timeout, state: .available, executors: 0)
        let text = FailureText.timeout(failure, relay)
        #expect(text.contains("no executor of its queue was seen"))
        #expect(text.hasSuffix("relay await 7/AQEBAQEBAQEBAQEBAQEBAQ"))
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ])
    func bytesAreBase64(text: String, encoded: String) {
        #expect(JSONLine.base64(Array(text.utf8)) == "\"\(encoded)\"")
    }

    @Test func textOfOthersStaysOnItsLineAndDrivesNoTerminal() {
        #expect(OneLine.text("a\u{1B}[31m\nb\u{85}") == "a [31m b ")
        #expect(OneLine.text("abcdef", limit: 3) == "abc…")
    }

    @Test func inOrderALineWaitsForThoseBeforeIt() {
        var printer = ManyPrinter(isOrdered: true)
        #expect(printer.lines(after: "c", at: 2) == [])
        #expect(printer.lines(after: "a", at: 0) == ["a"])
        #expect(printer.lines(after: "b", at: 1) == ["b", "c"])
    }

    @Test func aTableIsAsWideAsItsFields() {
        var table = TextTable([.init(name: "queue"), .init(name: "jobs", isNumber: true)])
        table.rows = [["default", "5"], ["a", "1000"]]
        #expect(table.lines == ["QUEUE    JOBS", "default     5", "a        1000"])
    }

    @Test func aLineOfTheLogQuotesWhatHasSpaces() {
        let metadata = [(key: "a", value: "1"), (key: "why", value: "x y\n")]
        #expect(
            LogFormat.text.line(time: "T", level: .info, message: "hello", metadata: metadata)
                == #"T info     hello a=1 why="x y\n""#
        )
        #expect(
            LogFormat.json.line(time: "T", level: .info, message: "hello", metadata: metadata)
                == #"{"time":"T","level":"info","message":"hello","a":"1","why":"x y\n"}"#
        )
    }
}
