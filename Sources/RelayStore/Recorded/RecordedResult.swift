package import RelayCore
import RelayZlib

/// A result in Oban's "recorded" form: an external term, compressed where that is smaller, in base64 without padding.
package struct RecordedResult {
    /// Terms below this are not worth compressing, in bytes.
    static let compressionThreshold = 256
    /// How far a recorded term may inflate, in bytes.
    static let inflateLimit = 64 * 1024 * 1024

    /// What goes into `meta`, as JSON text.
    var meta: String
    /// What a reader of that `meta` will see.
    var result: JobSnapshot.Result

    /// Records a value; over the limit (bytes after compression), only its size is kept.
    ///
    /// - Throws: `TermEncoder.Unencodable` for JSON that is none.
    init(_ value: RelayValue, limit: Int) throws {
        var fields = ""
        let plain: [UInt8]
        var canonical: RelayValue
        switch value {
        case .json(let text):
            plain = try TermEncoder.encode(json: text)
            canonical = value
            if case .json(let read) = try TermDecoder.decode(plain, from: 0) {
                canonical = .json(read)
            }
        case .data(let bytes, let contentType):
            plain = TermEncoder.encode(bytes: bytes)
            let type = contentType.isEmpty ? RelayValue.defaultContentType : contentType
            canonical = .data(bytes, contentType: type)
            fields = ",\"return_type\":\(JSONWriter.quoted(type))"
        }
        let term = Self.wrap(plain)
        // The envelope does not count: what fits as it is, fits.
        let size = min(term.count, value.byteCount)
        guard size <= limit else {
            meta = "{\"relay_result\":\"too_large\",\"relay_result_bytes\":\(size)}"
            result = .tooLarge(byteCount: size)
            return
        }
        var text = Array("{\"recorded\":true,\"return\":\"".utf8)
        Base64.append(term, .standard, to: &text)
        text.append(contentsOf: "\"\(fields)}".utf8)
        meta = String(decoding: text, as: UTF8.self)
        result = .value(canonical)
    }

    private static func wrap(_ plain: [UInt8]) -> [UInt8] {
        if plain.count >= compressionThreshold, let packed = try? Deflater().deflate(plain),
            packed.count + 5 < plain.count
        {
            let count = UInt32(plain.count)
            let size = (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) }
            return [Term.version, Term.compressed] + size + packed
        }
        return [Term.version] + plain
    }

    /// Reads what `meta.return` and `meta.return_type` hold, whoever wrote them.
    package static func read(_ base64: String, contentType: String?) -> JobSnapshot.Result {
        // Oban leaves the padding out; others may not.
        var text = base64[...]
        while text.utf8.last == UInt8(ascii: "=") { text = text.dropLast() }
        guard let bytes = Base64.decode(text, .standard) else {
            return .undecodable("the recorded result is no base64")
        }
        do {
            let (term, start) = try unwrap(bytes)
            if let contentType {
                return .value(
                    .data(try TermDecoder.decodeBinary(term, from: start), contentType: contentType)
                )
            }
            switch try TermDecoder.decode(term, from: start) {
            case .json(let text): return .value(.json(text))
            case .data(let bytes):
                return .value(.data(bytes, contentType: RelayValue.defaultContentType))
            }
        } catch let error as TermDecoder.Undecodable {
            return .undecodable(error.reason)
        } catch {
            return .undecodable("the recorded result cannot be inflated")
        }
    }

    private static func unwrap(_ bytes: [UInt8]) throws -> ([UInt8], Int) {
        guard bytes.first == Term.version else {
            throw TermDecoder.Undecodable(reason: "the recorded result is no term")
        }
        guard bytes.count > 6, bytes[1] == Term.compressed else { return (bytes, 1) }
        let size = bytes[2..<6].reduce(0) { $0 << 8 | Int($1) }
        guard size <= inflateLimit else {
            throw TermDecoder.Undecodable(reason: "the recorded result is too large")
        }
        let plain = try Inflater().inflate(Array(bytes[6...]), limit: size)
        guard plain.count == size else {
            throw TermDecoder.Undecodable(reason: "the recorded result is cut short")
        }
        return (plain, 0)
    }
}
