internal import CLibpq

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

    /// The text without any secret of the connection string, on one line.
    func scrubbed(_ text: String) -> String {
        var line = text.split(whereSeparator: \.isNewline).joined(separator: "; ")
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
