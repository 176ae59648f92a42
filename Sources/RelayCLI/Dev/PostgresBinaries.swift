internal import FoundationEssentials

/// Where Postgres's server programs are.
struct PostgresBinaries: Sendable, Equatable {
    /// The folder of `postgres`, `initdb` and `pg_ctl`.
    var folder: String
    /// The major version.
    var version: Int

    /// The oldest version that will do.
    static let oldest = 14

    func path(_ program: String) -> String { "\(folder)/\(program)" }

    /// The programs to use; of a cluster that is there already, only those of its version can.
    ///
    /// - Throws: `CommandError` that says what to install.
    static func find(for existing: Int?, _ settings: Settings) async throws -> PostgresBinaries {
        var seen: [PostgresBinaries] = []
        for folder in candidates(settings) {
            guard let version = try await version(in: folder) else { continue }
            let found = PostgresBinaries(folder: folder, version: version)
            if existing.map({ $0 == version }) ?? (version >= oldest) { return found }
            seen.append(found)
        }
        if let existing {
            throw CommandError.unavailable(
                "the cluster here was made by Postgres \(existing), whose programs are not installed; "
                    + "install the package postgresql-\(existing), or move .relay away to begin anew"
            )
        }
        let old = seen.map { "\($0.version)" }.joined(separator: ", ")
        throw CommandError.unavailable(
            "no server programs of Postgres \(oldest) or newer were found"
                + (old.isEmpty ? "" : " (only \(old))")
                + "; install the package postgresql (apt-get install postgresql), "
                + "or set DATABASE_URL to a server that runs"
        )
    }

    /// Folders in the order of preference: what the path has, then the newest that Debian has.
    static func candidates(_ settings: Settings) -> [String] {
        let path = settings.variable("PATH") ?? ""
        var folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        folders += versions.compactMap { Int($0) }.sorted(by: >).map { "\(debian)/\($0)/bin" }
        folders += ["/usr/local/pgsql/bin", "/opt/homebrew/bin"]
        return folders.filter { folder in
            ["initdb", "postgres", "pg_ctl"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
    }

    private static func version(in folder: String) async throws -> Int? {
        let ending = try await Shell.run("\(folder)/postgres", ["--version"])
        return ending.isOK ? major(ending.output) : nil
    }

    /// The major version of a text such as `postgres (PostgreSQL) 15.20 (Debian …)` or `16beta1`.
    static func major(_ text: String) -> Int? {
        for word in text.split(whereSeparator: \.isWhitespace) {
            let digits = word.prefix { $0.isASCII && $0.isNumber }
            if let number = Int(digits) { return number }
        }
        return nil
    }
}
