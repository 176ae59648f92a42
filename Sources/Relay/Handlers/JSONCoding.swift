import FoundationEssentials
import RelayCore

/// Codable values as the JSON that crosses languages: dates as ISO 8601, keys sorted so that equal values are equal.
enum JSONCoding {
    /// - Throws: what the value's `encode(to:)` throws.
    static func encode(_ value: some Encodable) throws -> RelayValue {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// - Throws: what the type's `init(from:)` throws.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(text.utf8))
    }

    /// - Throws: `ValueMismatch` for bytes, else what the type's `init(from:)` throws.
    static func decode<Value: Decodable>(_ type: Value.Type, from value: RelayValue) throws -> Value
    {
        switch value {
        case .json(let text):
            return try decode(type, from: text)
        case .data(_, let contentType):
            throw ValueMismatch(expected: "\(type)", contentType: contentType)
        }
    }
}

/// A result is bytes where JSON was expected.
public struct ValueMismatch: Error, Sendable, Hashable, CustomStringConvertible {
    /// The type that was asked for.
    public let expected: String
    /// What the bytes are.
    public let contentType: String

    /// Words for a person.
    public var description: String {
        "expected JSON of \(expected), but the result is bytes of \(contentType); await a RelayValue"
    }
}
