import RelayCore
import Testing

@Suite("JSON is checked before it reaches the database")
struct JSONSyntaxTests {
    @Test(
        "well-formed text is taken, and its kind told",
        arguments: zip(
            [
                "{}", " {\"a\":[1,-2.5e3,true,null,\"\\u00e9\\ud83d\\ude00\"]} ", "[]", "\"x\"",
                "0", "-0.5", "true", "null", "1e308",
            ],
            [
                JSONSyntax.Kind.object, .object, .array, .string, .number, .number, .boolean, .null,
                .number,
            ]
        )
    )
    func wellFormed(text: String, kind: JSONSyntax.Kind) throws {
        #expect(try JSONSyntax.check(text) == kind)
    }

    @Test(
        "what RFC 8259 or jsonb refuses is refused",
        arguments: [
            "", "{", "}", "{\"a\"}", "{\"a\":}", "{a:1}", "[1,]", "[1 2]", "01", "1.", ".5", "+1",
            "1e", "1e400", "nul", "\"",
            "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
            "\"\\udc00\"", "{} {}", "NaN",
        ]
    )
    func malformed(text: String) {
        #expect(throws: JSONSyntax.Violation.self) { try JSONSyntax.check(text) }
    }

    @Test("nesting is bounded")
    func nesting() throws {
        let deepest = JSONSyntax.maxDepth
        #expect(
            try JSONSyntax.check(
                String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
            ) == .array
        )
        #expect(throws: JSONSyntax.Violation.self) {
            try JSONSyntax.check(String(repeating: "[", count: 100_000))
        }
    }

    @Test("many large exponents, which jsonb would write out, are refused")
    func exponents() {
        let text = "[" + Array(repeating: "1e308", count: 1_000).joined(separator: ",") + "]"
        #expect(throws: JSONSyntax.Violation.self) { try JSONSyntax.check(text) }
    }
}
