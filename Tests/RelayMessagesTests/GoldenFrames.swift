import Foundation

/// The files of conformance/frames, which Python's protobuf wrote.
enum GoldenFrames {
    /// Bytes, and what they mean.
    struct Accepted: Decodable {
        var name: String
        var message: String
        var fields: JSONValue
        var hex: String
    }

    /// Bytes that no encoder writes, and what encoding them again gives.
    struct Forgiven: Decodable {
        var name: String
        var message: String
        var hex: String
        var encoded: String
    }

    /// Bytes that are refused, and how.
    struct Refused: Decodable {
        var name: String
        var message: String
        var hex: String
        var code: String
        var field: String
    }

    static func load<Item: Decodable>(_ name: String) throws -> [Item] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "conformance/frames/\(name).json")
        return try JSONDecoder().decode([Item].self, from: Data(contentsOf: file))
    }
}

/// Bytes written as hexadecimal digits.
func bytes(hex: String) -> [UInt8] {
    let digits = hex.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Hexadecimal digits of bytes.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
