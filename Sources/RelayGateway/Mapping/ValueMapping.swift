internal import RelayCore
internal import RelayMessages

/// Values that cross languages.
enum ValueMapping {
    /// The longest content type, in bytes.
    static let maxContentTypeBytes = 255

    /// What is wrong with a value.
    struct Refusal: Error {
        let reason: String
    }

    /// Reads a value; absent, or with no kind set, it is null.
    ///
    /// Throws where its JSON is none.
    static func value(_ wire: Wire.Value?) throws(Refusal) -> RelayValue {
        switch wire?.kind {
        case nil:
            return .null
        case .json(let text):
            do {
                _ = try JSONSyntax.check(text)
            } catch {
                throw Refusal(reason: "the result is not JSON: \(error)")
            }
            return .json(text)
        case .data(let data):
            let type = wire?.contentType ?? ""
            guard isContentType(type) else {
                throw Refusal(reason: "the result's content type is not one")
            }
            return .data(data, contentType: type.isEmpty ? RelayValue.defaultContentType : type)
        }
    }

    static func wire(_ value: RelayValue) -> Wire.Value {
        var wire = Wire.Value()
        switch value {
        case .json("null"):
            break
        case .json(let text):
            wire.kind = .json(text)
        case .data(let bytes, let contentType):
            wire.kind = .data(bytes)
            wire.contentType = contentType
        }
        return wire
    }

    private static func isContentType(_ text: String) -> Bool {
        text.utf8.count <= maxContentTypeBytes
            && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
