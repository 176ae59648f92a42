internal import FoundationEssentials
internal import RelayGateway

/// The file of tokens: a ``TokenLine`` each; empty lines and those that begin with `#` are comments.
enum TokenFile {
    /// The most tokens of a file; each hello is compared with all of them.
    static let maxTokens = 1_000
    /// Only its owner may read a file that is made here.
    private static let permissions = 0o600

    /// Reads whom a gateway is to know; throws `CommandError` that names the line that is wrong, and never a
    /// token.
    static func read(_ path: String) throws -> KnownClients {
        var clients = KnownClients(tokens: [])
        for line in try parse(try text(path), path) { try line.add(to: &clients) }
        guard !clients.tokens.isEmpty || !clients.certificates.isEmpty else {
            throw CommandError.usage("--token-file: \(path) holds no token; see `relay token new`")
        }
        return clients
    }

    /// The lines of a file; throws as ``read(_:)`` does.
    static func lines(_ path: String) throws -> [TokenLine] { try parse(try text(path), path) }

    static func parse(_ text: String, _ path: String) throws -> [TokenLine] {
        var tokens: [TokenLine] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            do {
                if let token = try TokenLine(line, number: index + 1) { tokens.append(token) }
            } catch let error as CommandError {
                throw CommandError.usage(
                    "--token-file: line \(index + 1) of \(path): \(error.message)"
                )
            }
        }
        guard tokens.count <= maxTokens else {
            throw CommandError.usage("--token-file: \(path) holds more than \(maxTokens) tokens")
        }
        return tokens
    }

    /// Adds a line to a file, which is made if it is not there.
    static func append(_ line: TokenLine, to path: String) throws {
        var text = FileManager.default.fileExists(atPath: path) ? try self.text(path) : ""
        if !text.isEmpty, text.last != "\n" { text += "\n" }
        try write(text + line.text + "\n", to: path)
    }

    /// Removes the tokens of a name; answers how many there were.
    static func remove(_ name: String, from path: String) throws -> Int {
        var removed = 0
        var kept: [Substring] = []
        let lines = try text(path).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if try TokenLine(line, number: index + 1)?.name == name {
                removed += 1
            } else {
                kept.append(line)
            }
        }
        if removed > 0 { try write(kept.joined(separator: "\n"), to: path) }
        return removed
    }

    private static func text(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandError.usage("--token-file: cannot read \(path)")
        }
    }

    /// The old file or the new one is there at any time; only their owner can read them.
    private static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            try FileManager.default.setAttributes(
                [.posixPermissions: permissions],
                ofItemAtPath: path
            )
        } catch {
            throw CommandError.usage("--token-file: cannot write \(path)")
        }
    }
}
