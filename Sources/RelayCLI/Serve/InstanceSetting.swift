internal import RelayClient

/// `NAME=URL[#SCHEMA]`: one more jobs database.
struct InstanceSetting: Sendable, Equatable {
    var name: String
    var url: String
    var schema: String

    /// Makes one.
    init(name: String, url: String, schema: String) {
        self.name = name
        self.url = url
        self.schema = schema
    }

    /// Reads the text form; nil if it is none.
    init?(_ text: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        name = String(text[..<equals])
        let rest = text[text.index(after: equals)...]
        if let hash = rest.lastIndex(of: "#") {
            url = String(rest[..<hash])
            schema = String(rest[rest.index(after: hash)...])
        } else {
            url = String(rest)
            schema = "public"
        }
        // A name stands in the text form of its relays.
        guard !url.isEmpty, !schema.isEmpty, !name.contains("/"), name.utf8.count <= 63 else {
            return nil
        }
    }
}
