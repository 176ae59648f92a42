import PostgresTestSupport
import Testing

@testable import RelayPostgres

@Suite("Reading Postgres's text forms", .timeLimit(.minutes(1)))
struct FieldTextTests {
    @Test("whole numbers are read to their last digit, and nothing else is taken for one")
    func integers() {
        #expect(FieldText.integer("9223372036854775807".utf8) == .max)
        #expect(FieldText.integer("-9223372036854775808".utf8) == .min)
        #expect(FieldText.integer("0".utf8) == 0)
        for text in [
            "", "-", "9223372036854775808", "-9223372036854775809", "1.5", " 1", "+1", "1e3",
        ] {
            #expect(FieldText.integer(text.utf8) == nil, "\(text)")
        }
    }

    @Test("timestamps mean what the server means by them")
    func timestamps() async throws {
        let texts = [
            "1970-01-01 00:00:00+00", "2000-02-29 23:59:59.999999+00",
            "1999-12-31 23:59:59.1+05:30",
            "0001-01-01 00:00:00+00", "4713-01-01 00:00:00+00 BC",
            "294246-12-31 23:59:59.999999+00",
            "1900-03-01 00:00:00-12", "2024-02-29 12:34:56.000001",
        ]
        let raw = try RawSession(url: TestDatabase.clusterURL())
        for text in texts {
            let micros = try raw.value(
                "SELECT round(extract(epoch FROM timestamptz '\(text)' AT TIME ZONE 'UTC') * 1000000)"
            )
            #expect(FieldText.microseconds(text.utf8).map(String.init) == micros, "\(text)")
        }
        #expect(FieldText.microseconds("infinity".utf8) == .max)
        #expect(FieldText.microseconds("-infinity".utf8) == .min)
    }

    @Test("what is no timestamp is none")
    func noTimestamps() {
        for text in [
            "", "2024", "2024-13-01 00:00:00", "2024-01-01", "2024-01-01 25:00:00",
            "2024-01-01 00:00:00.1234567",
            "2024-01-01 00:00:00+", "2024-01-01 00:00:00 AD", "999999999-01-01 00:00:00",
            "99999999999-01-01 00:00:00",
        ] {
            #expect(FieldText.microseconds(text.utf8) == nil, "\(text)")
        }
    }

    @Test("arrays of one dimension are taken apart, others are not")
    func arrays() {
        #expect(FieldText.array("{}".utf8) == [])
        #expect(
            FieldText.array(#"{a,NULL,"NULL","","b,\"}{"}"#.utf8) == [
                "a", nil, "NULL", "", "b,\"}{",
            ]
        )
        for text in ["", "{", "a", "{{1},{2}}", "{a}b", #"{"a}"#] {
            #expect(FieldText.array(text.utf8) == nil, "\(text)")
        }
    }

    @Test("hex bytes are read, and nothing that only looks like them")
    func bytes() {
        #expect(FieldText.hexBytes(#"\x"#.utf8) == [])
        #expect(FieldText.hexBytes(#"\x00fFa0"#.utf8) == [0, 255, 160])
        for text in ["", "00", #"\x0"#, #"\x0g"#, #"\\x00"#] {
            #expect(FieldText.hexBytes(text.utf8) == nil, "\(text)")
        }
    }
}
