import RelayGateway
import Testing

@Suite("Text from outside, in logs")
struct LogTextTests {
    @Test("it is bounded, and holds nothing that a terminal would obey")
    func clean() {
        #expect(LogText("relay-python/0.1.0").description == "relay-python/0.1.0")
        #expect(LogText("a\n\u{1B}[31m\u{202E}b").description == "a??[31m?b")
        let long = LogText(String(repeating: "x", count: 1_000)).description
        #expect(long == String(repeating: "x", count: LogText.maxLength) + "…")
    }
}
