internal import FoundationEssentials

/// Where the embedded cluster lives.
struct ClusterLocation: Sendable, Equatable {
    /// The folder that holds everything: `.relay`, or one in `/var/tmp` where Postgres's account may not enter that.
    var base: String

    /// The cluster itself.
    var data: String { "\(base)/postgres" }
    /// What the server says.
    var log: String { "\(base)/postgres.log" }
    /// Held by the one `relay dev` that uses the cluster.
    var lock: String { "\(base)/dev.lock" }

    /// The longest path of a Unix socket, less one for its end.
    static let maxSocketPath = 107

    /// The folder of the server's socket: the cluster's, which nobody else may enter, unless its path is too long.
    var socketFolder: String {
        let longest = "\(data)/.s.PGSQL.5432"
        return longest.utf8.count <= Self.maxSocketPath ? data : "/tmp/relay-\(Self.hash(base))"
    }

    /// How to connect.
    var url: String {
        "postgresql:///postgres?host=\(Self.escaped(socketFolder))&port=5432&user=postgres"
    }

    /// Writes how to connect into `database-url` of a folder, for scripts that run beside; it holds no password.
    func announce(in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "\(url)\n".write(toFile: "\(folder)/database-url", atomically: true, encoding: .utf8)
    }

    /// The place next to the work at hand.
    static func here(_ folder: String) -> ClusterLocation {
        ClusterLocation(base: absolute(folder))
    }

    /// The place that Postgres's account may enter in any case; always the same for the same folder.
    static func elsewhere(_ folder: String) -> ClusterLocation {
        ClusterLocation(base: "/var/tmp/relay-\(hash(absolute(folder)))")
    }

    /// Whether a cluster was made here.
    var isMade: Bool {
        FileManager.default.fileExists(atPath: "\(data)/PG_VERSION")
    }

    /// The version that made it.
    var version: Int? {
        (try? String(contentsOfFile: "\(data)/PG_VERSION", encoding: .utf8))
            .flatMap { PostgresBinaries.major($0) }
    }

    /// The cluster of a folder that runs now; nil if there is none, or not for us.
    static func running(_ folder: String) -> ClusterLocation? {
        [here(folder), elsewhere(folder)].first {
            FileManager.default.fileExists(atPath: "\($0.data)/postmaster.pid")
        }
    }

    private static func absolute(_ folder: String) -> String {
        if folder.hasPrefix("/") { return folder }
        return FileManager.default.currentDirectoryPath + "/" + folder
    }

    /// FNV-1a, as 16 hexadecimal digits.
    static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func escaped(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                byte < 0x80
                && (scalar.properties.isAlphabetic
                    || "0123456789-._/".unicodeScalars.contains(scalar))
            if isPlain {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
