import RelayCore
import Testing

@testable import RelayStore

@Suite("Hints between relay nodes")
struct RelayPayloadTests {
    @Test(
        "progress of any kind arrives as it was sent",
        arguments: [
            RelayValue.json("{\"a\":1}"), .null, .data([], contentType: ""),
            .data([0, 255], contentType: "text/plain; charset=utf-8"),
        ]
    )
    func progress(value: RelayValue) throws {
        let payload = try #require(RelayPayload.progress(7, 2, value))
        #expect(RelayPayload.read(payload) == .progress(job: 7, attempt: 2, value: value))
    }

    @Test("what the trigger says is heard")
    func trigger() {
        #expect(RelayPayload.read("t 123") == .settled(jobs: [123]))
    }

    @Test(
        "anything else is junk",
        arguments: [
            "", "t", "t x", "s -", "p 1 1 {", "b 1 1 AA x", "b 1 1 .!! x", "b 1 1 .AA", "z 1",
        ]
    )
    func junk(payload: String) {
        #expect(RelayPayload.read(payload) == .junk)
    }
}
