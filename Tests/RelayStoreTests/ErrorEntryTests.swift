import RelayCore
import Testing

@testable import RelayStore

@Suite("Errors in the row")
struct ErrorEntryTests {
    @Test("of Elixir are its exception and message")
    func elixir() {
        let read = ErrorEntry.read("** (RuntimeError) it broke\n    (app) lib/a.ex:1: A.b/1")
        #expect(read.kind == "RuntimeError")
        #expect(read.message == "it broke")
        #expect(read.stacktrace.contains("lib/a.ex"))
    }

    @Test("of Python are the last line of the traceback, or lines, where the message has several")
    func python() {
        let stack =
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    raise E\n"
        let short = ErrorEntry.read(stack + "app.errors.Broken: one\n")
        #expect(short.kind == "Broken")
        #expect(short.message == "one")
        let long = ErrorEntry.read(stack + "ValueError: one\ntwo: three\n")
        #expect(long.kind == "ValueError")
        #expect(long.message == "one\ntwo: three")
        #expect(ErrorEntry.read(stack + "KeyboardInterrupt").kind == "KeyboardInterrupt")
    }

    @Test("that are a bare reason are that")
    func bare() {
        #expect(ErrorEntry.read("not wanted") == JobException(kind: "", message: "not wanted"))
    }
}
