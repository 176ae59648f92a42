import Testing

@testable import RelayCLI

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("0", Duration.zero), ("5s", .seconds(5)), ("250ms", .milliseconds(250)),
            ("1m30s", .seconds(90)), ("2h", .seconds(7_200)), ("1d", .seconds(86_400)),
            ("0.5s", .milliseconds(500)), ("0s", .zero),
        ]
    )
    func textIsRead(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "5", "s", "5 s", "-5s", "5x", "1e9s", "5s3", "99999999999999999999d", "..s", "٥s",
    ])
    func textThatIsNoneIsRefused(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test func durationsAreWrittenShortly() {
        #expect(DurationText.text(.seconds(25)) == "25s")
        #expect(DurationText.text(.seconds(90)) == "1m30s")
        #expect(DurationText.text(.seconds(86_400)) == "1d")
        #expect(DurationText.text(.milliseconds(250)) == "250ms")
        #expect(DurationText.text(.zero) == "0s")
    }
}
