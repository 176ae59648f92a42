internal import CLibpq
internal import Glibc

/// A connection string taken apart: what to hand to libpq, what to show, and what never to show.
struct ConnectionTarget: Sendable, CustomStringConvertible {
    private let options: [String: String]
    private let defaults: [String: String]

    /// Takes a connection string apart.
    ///
    /// - Throws: `PGError` with the code `connect`; its message holds nothing of the string.
    init(conninfo: String) throws(PGError) {
        var problem: UnsafeMutablePointer<CChar>?
        guard let parsed = unsafe PQconninfoParse(conninfo, &problem) else {
            let said = unsafe problem.map { unsafe String(cString: $0) } ?? "out of memory"
            unsafe PQfreemem(problem)
            throw PGError(
                .connect,
                message: """
                    the database URL cannot be read (\(Self.withoutQuotation(said))); \
                    write postgres://USER@HOST:PORT/DATABASE or KEY=VALUE pairs
                    """
            )
        }
        options = unsafe Self.collect(parsed)
        unsafe PQconninfoFree(parsed)
        if let found = unsafe PQconndefaults() {
            defaults = unsafe Self.collect(found)
            unsafe PQconninfoFree(found)
        } else {
            defaults = [:]
        }
    }

    private static func collect(_ first: UnsafeMutablePointer<PQconninfoOption>) -> [String: String]
    {
        var values: [String: String] = [:]
        var option = unsafe first
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                values[unsafe String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return values
    }

    /// libpq quotes what it could not read, which may be a password: all between the first and last quotation mark.
    private static func withoutQuotation(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\"") else {
            return line
        }
        return line[..<first] + "…" + line[line.index(after: last)...]
    }

    private func value(_ keyword: String) -> String? {
        (options[keyword] ?? defaults[keyword]).flatMap { $0.isEmpty ? nil : $0 }
    }

    var description: String {
        let host = value("host") ?? value("hostaddr") ?? "local socket"
        let port = value("port").map { ":\($0)" } ?? ""
        let user = value("user") ?? "?"
        return "\(user)@\(host)\(port)/\(value("dbname") ?? user)"
    }

    /// The certificates that this machine trusts.
    private static let systemRoots = "/etc/ssl/certs/ca-certificates.crt"

    /// Whether the way to the server leaves this machine and nobody said how it is to be protected: then by TLS, with the
    /// server's certificate checked.
    var needsCertificate: Bool {
        guard options["sslmode"] == nil, unsafe getenv("PGSSLMODE") == nil else { return false }
        return [value("host"), value("hostaddr")].compactMap { $0 }
            .flatMap { $0.split(separator: ",") }.contains { !Self.isLocal($0) }
    }

    private static func isLocal(_ host: Substring) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
            || host.hasPrefix("127.")
    }

    /// Why an attempt failed, with what may help where our own default is in the way.
    func explained(_ text: String) -> String {
        let line = scrubbed(text)
        guard needsCertificate, line.contains("SSL") || line.contains("certificate") else {
            return line
        }
        return """
            \(line); beyond this machine Postgres is spoken to by TLS with its certificate checked, \
            unless the URL says otherwise: sslrootcert=FILE names who vouches for it, \
            sslmode=require checks nothing, sslmode=disable is for networks that are trusted
            """
    }

    /// The text without any secret of the connection string, on one line.
    func scrubbed(_ text: String) -> String {
        var line = text.replacing("\t", with: "").split(whereSeparator: \.isNewline)
            .joined(separator: "; ")
        for secret in ["password", "sslpassword"].compactMap(value) {
            line = line.split(separator: secret, omittingEmptySubsequences: false)
                .joined(separator: "***")
        }
        return line
    }

    /// The keywords and values for libpq; on the n-th attempt the n-th host comes first, since libpq leaves one that
    /// swallows packets only by its blocking timeout.
    func keywords(applicationName: String, attempt: Int) -> [(keyword: String, value: String)] {
        var all = [
            "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2",
            "keepalives_count": "3", "tcp_user_timeout": "10000",
            // A standby takes connections and can neither write nor LISTEN.
            "target_session_attrs": value("target_session_attrs").flatMap { $0 == "any" ? nil : $0 }
                ?? "read-write",
        ]
        if needsCertificate {
            all["sslmode"] = "verify-full"
            // Without one, libpq looks for a file of the user's that hardly anybody has.
            if unsafe access(Self.systemRoots, R_OK) == 0 { all["sslrootcert"] = Self.systemRoots }
        }
        all.merge(options) { _, given in given }
        all["client_encoding"] = "UTF8"
        all["application_name"] = String(decoding: applicationName.utf8.prefix(63), as: UTF8.self)
        for keyword in ["host", "hostaddr", "port"] {
            guard let list = all[keyword] else { continue }
            let members = list.split(separator: ",", omittingEmptySubsequences: false)
            let first = attempt % members.count
            all[keyword] = (members[first...] + members[..<first]).joined(separator: ",")
        }
        return all.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }
}
