internal import FoundationEssentials

/// The file of tokens: one a line; empty lines and those that begin with `#` are left out.
enum TokenFile {
    /// A shorter token could be guessed.
    static let minTokenBytes = 16
    /// The most tokens of a file; each hello is compared with all of them.
    static let maxTokens = 1_000

    /// Reads a file; throws `CommandError` that names the line that is wrong, and never a token.
    static func read(_ path: String) throws -> [String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandError.usage("--token-file: cannot read \(path)")
        }
        return try parse(text, path)
    }

    static func parse(_ text: String, _ path: String) throws -> [String] {
        var tokens: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let token = words.first, token.first != "#" else { continue }
            let place = "--token-file: line \(index + 1) of \(path)"
            guard words.count == 1 else {
                throw CommandError.usage(
                    "\(place): rights for each token are not supported yet; write one token a line"
                )
            }
            guard token.utf8.count >= minTokenBytes else {
                throw CommandError.usage("\(place): a token needs at least \(minTokenBytes) bytes")
            }
            tokens.append(String(token))
        }
        guard !tokens.isEmpty else {
            throw CommandError.usage("--token-file: \(path) holds no token")
        }
        guard tokens.count <= maxTokens else {
            throw CommandError.usage("--token-file: \(path) holds more than \(maxTokens) tokens")
        }
        return tokens
    }
}
