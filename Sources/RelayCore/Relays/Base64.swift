/// Base64 without padding (RFC 4648), written to where it is wanted and read from where it lies: a result may have
/// megabytes.
package enum Base64 {
    /// The characters that stand for six bits each.
    package struct Alphabet: Sendable {
        fileprivate let characters: [UInt8]
        /// By character; 64 and more is none.
        fileprivate let values: [UInt8]

        /// That of RFC 4648 §4.
        package static let standard = Alphabet(last: "+/")
        /// That of RFC 4648 §5, for URLs and file names.
        package static let url = Alphabet(last: "-_")

        private init(last: String) {
            let others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            characters = Array((others + last).utf8)
            var values = [UInt8](repeating: .max, count: 256)
            for (value, character) in characters.enumerated() {
                values[Int(character)] = UInt8(value)
            }
            self.values = values
        }
    }

    /// Appends bytes as characters.
    package static func append(
        _ bytes: [UInt8],
        _ alphabet: Alphabet,
        to text: inout [UInt8]
    ) {
        text.reserveCapacity(text.count + (bytes.count * 8 + 5) / 6)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet.characters[Int(buffer >> bits & 0x3F)])
            }
        }
        if bits > 0 { text.append(alphabet.characters[Int(buffer << (6 - bits) & 0x3F)]) }
    }

    /// Bytes as text.
    package static func encode(_ bytes: [UInt8], _ alphabet: Alphabet) -> String {
        var text: [UInt8] = []
        append(bytes, alphabet, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads text; nil if it holds another character, padding too, or bits that belong to no byte.
    package static func decode(_ text: Substring, _ alphabet: Alphabet) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 6 / 8)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.utf8 {
            let value = alphabet.values[Int(character)]
            guard value < 64 else { return nil }
            buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard bits < 6, buffer & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}
