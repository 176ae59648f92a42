import RelayCore
import Testing

@Suite("The text form of a relay")
struct RelayHandleTests {
    let ref = RelayRef(bytes: [UInt8](0..<16))

    @Test("leaves out the default instance")
    func textOfDefaultInstance() throws {
        let handle = RelayHandle(jobID: 42, ref: try #require(ref))
        #expect(handle.text == "42/AAECAwQFBgcICQoLDA0ODw")
        #expect(RelayHandle(text: handle.text) == handle)
    }

    @Test("names any other instance")
    func textOfNamedInstance() throws {
        let handle = RelayHandle(jobID: 42, ref: try #require(ref), instance: "billing")
        #expect(handle.text == "billing/42/AAECAwQFBgcICQoLDA0ODw")
        #expect(RelayHandle(text: handle.text) == handle)
    }

    @Test(
        "is refused when it is not one",
        arguments: [
            "", "42", "/42/AAECAwQFBgcICQoLDA0ODw", "x/AAECAwQFBgcICQoLDA0ODw",
            "42/AAECAwQFBgcICQoLDA0OD",
            "42/AAECAwQFBgcICQoLDA0ODx", "0/AAECAwQFBgcICQoLDA0ODw",
            "a/b/42/AAECAwQFBgcICQoLDA0ODw",
        ]
    )
    func notARelay(text: String) {
        #expect(RelayHandle(text: text) == nil)
    }
}
