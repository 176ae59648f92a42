/// A value that crosses languages: JSON text, or bytes with a content type.
public enum RelayValue: Sendable, Hashable {
    /// JSON text, UTF-8.
    case json(String)
    /// Anything else.
    case data([UInt8], contentType: String)

    /// JSON's null: what a job returns that returns nothing.
    public static let null = RelayValue.json("null")

    /// The content type of bytes whose sender named none.
    public static let defaultContentType = "application/octet-stream"

    /// The size of the payload in bytes, before any compression.
    public var byteCount: Int {
        switch self {
        case .json(let text): text.utf8.count
        case .data(let bytes, _): bytes.count
        }
    }
}
