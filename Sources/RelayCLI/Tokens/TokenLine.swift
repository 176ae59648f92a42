internal import FoundationEssentials
internal import RelayCore
internal import RelayGateway

/// One line of the file of tokens: `SECRET [name=NAME] [expires=YYYY-MM-DD] [GRANT…]`.
///
/// The secret is a token as it is, or `sha256:` and its digest in hexadecimal; `cert:dns:NAME` and `cert:uri:NAME` stand
/// for a client's certificate of that name, which may end in `*`. A line without any grant may do everything; the first
/// grant makes it one that may do nothing else.
struct TokenLine: Sendable, Hashable {
    /// A shorter token could be guessed.
    static let minTokenBytes = 16
    /// The mark before a digest.
    static let mark = "sha256:"
    /// The mark before a certificate's name.
    static let certificateMark = "cert:"

    /// What a client shows.
    enum Shown: Sendable, Hashable {
        /// The digest of its token.
        case token([UInt8])
        /// A name of its certificate, as it stands in the file.
        case certificate(String)
    }

    var shown: Shown
    var name: String
    /// The texts of its grants; none stands for all.
    var grants: [String]
    /// The day after which it is good no more, `YYYY-MM-DD` in UTC.
    var expires: String?

    private static let nameKey = "name="
    private static let expiresKey = "expires="

    /// Makes a line for a new token or a certificate; throws `CommandError` for what would not be read again.
    init(_ shown: Shown, name: String, grants: [String], expires: String?) throws {
        self.shown = shown
        if case .certificate(let pattern) = shown { _ = try Self.pattern(pattern) }
        self.name = name
        self.grants = grants
        self.expires = expires
        guard !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "=" }) else {
            throw CommandError.usage("a token's name has no blanks and no =")
        }
        for grant in grants { _ = try Self.grant(grant) }
        if let expires { _ = try Self.end(of: expires) }
    }

    /// Reads a line; nil for an empty one and for a comment.
    ///
    /// - Throws: `CommandError`, whose message never holds a secret.
    init?(_ line: Substring, number: Int) throws {
        let words = line.split { $0.isWhitespace }.map { String($0) }
        guard let secret = words.first, secret.first != "#" else { return nil }
        shown = try Self.shown(secret)
        name = "line \(number)"
        grants = []
        for word in words.dropFirst() {
            if word.hasPrefix(Self.nameKey) {
                name = String(word.dropFirst(Self.nameKey.count))
            } else if word.hasPrefix(Self.expiresKey) {
                let day = String(word.dropFirst(Self.expiresKey.count))
                _ = try Self.end(of: day)
                expires = day
            } else {
                _ = try Self.grant(word)
                grants.append(word)
            }
        }
    }

    /// The line as it stands in the file.
    var text: String {
        var words: [String]
        switch shown {
        case .token(let digest):
            words = [Self.mark + digest.map { Self.hexadecimal($0) }.joined()]
        case .certificate(let name):
            words = [Self.certificateMark + name]
        }
        words.append(Self.nameKey + name)
        if let expires { words.append(Self.expiresKey + expires) }
        return (words + grants).joined(separator: " ")
    }

    /// Adds whom a gateway knows by this line.
    func add(to clients: inout KnownClients) throws {
        let grants = try grants.map(Self.grant)
        let principal = Principal(name: name, grants: grants.isEmpty ? [.everything] : grants)
        let end = try expires.map(Self.end)
        switch shown {
        case .token(let digest):
            clients.tokens.append(
                KnownToken(digest: digest, principal: principal, expiresAt: end)
            )
        case .certificate(let name):
            let pattern = try Self.pattern(name)
            clients.certificates.append(
                KnownCertificate(name: pattern, principal: principal, expiresAt: end)
            )
        }
    }

    private static func shown(_ secret: String) throws -> Shown {
        guard secret.hasPrefix(certificateMark) else { return .token(try digest(secret)) }
        let name = String(secret.dropFirst(certificateMark.count))
        _ = try pattern(name)
        return .certificate(name)
    }

    private static func pattern(_ name: String) throws -> NamePattern {
        let kinds = ["dns:", "uri:"]
        guard kinds.contains(where: { name.hasPrefix($0) && name.count > $0.count }),
            !name.contains(where: \.isWhitespace), let pattern = NamePattern(name[...])
        else {
            throw CommandError.usage(
                "\"\(OneLine.text(name))\" is no name of a certificate; dns:NAME and uri:NAME are, and may end in *"
            )
        }
        return pattern
    }

    private static func digest(_ secret: String) throws -> [UInt8] {
        guard secret.hasPrefix(mark) else {
            guard secret.utf8.count >= minTokenBytes else {
                throw CommandError.usage("a token needs at least \(minTokenBytes) bytes")
            }
            return KnownToken.digest(of: secret)
        }
        let digits = Array(secret.utf8.dropFirst(mark.utf8.count))
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { start in
            UInt8(String(decoding: digits[start...(start + 1)], as: UTF8.self), radix: 16)
        }
        guard bytes.count == KnownToken.digestBytes, digits.count == 2 * bytes.count else {
            throw CommandError.usage("what follows \(mark) is no digest")
        }
        return bytes
    }

    private static func grant(_ text: String) throws -> Grant {
        guard let grant = Grant(text) else {
            throw CommandError.usage(
                "\"\(OneLine.text(text))\" is no grant; VERB[@INSTANCE][:QUEUE[/WORKER]] is, with VERB one of "
                    + "\(Grant.Verb.allCases.map(\.rawValue).joined(separator: ", ")), all"
            )
        }
        return grant
    }

    /// The end of the day, in seconds since 1970.
    private static func end(of day: String) throws -> Int64 {
        guard let start = try? Date("\(day)T00:00:00Z", strategy: .iso8601) else {
            throw CommandError.usage("\"\(OneLine.text(day))\" is no day; YYYY-MM-DD is")
        }
        return Int64(start.timeIntervalSince1970) + 86_400
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
