/// Writes JSON text.
enum JSONWriter {
    /// A string with its quotes, for the database: U+0000, which jsonb cannot hold, becomes U+FFFD.
    static func quoted(_ text: String) -> String {
        var out: [UInt8] = []
        appendQuoted(text.replacing("\0", with: "\u{FFFD}").utf8, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends a string with its quotes, given as valid UTF-8.
    static func appendQuoted(_ utf8: some Sequence<UInt8>, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""): out += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\\"): out += [byte, byte]
            case 0x0A: out += "\\n".utf8
            case 0x0D: out += "\\r".utf8
            case 0x09: out += "\\t".utf8
            case 0x00..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                out += "\\u00".utf8
                out += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
