import FoundationEssentials

/// A JSON array of strings, as Postgres writes one; null members become empty.
enum JSONStrings {
    /// - Throws: what `JSONDecoder` throws for anything else.
    static func decode(_ json: String) throws -> [String] {
        try JSONDecoder().decode([String?].self, from: Data(json.utf8)).map { $0 ?? "" }
    }
}
