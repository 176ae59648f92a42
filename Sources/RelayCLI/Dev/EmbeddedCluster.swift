internal import FoundationEssentials
internal import Logging
internal import Subprocess

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A private Postgres on a Unix socket, kept in a folder.
struct EmbeddedCluster: Sendable {
    let location: ClusterLocation
    private let binaries: PostgresBinaries
    private let account: ClusterAccount?
    private let logger: Logger

    /// Finds the programs and the place; makes the folder, nothing more.
    ///
    /// - Throws: `CommandError` that says what to install or to mend.
    init(folder: String, settings: Settings, logger: Logger) async throws {
        self.logger = logger
        account = try await ClusterAccount.current()
        location = try await Self.place(folder, account, logger)
        binaries = try await PostgresBinaries.find(for: location.version, settings)
    }

    /// Makes the cluster if there is none, and starts it; one that an earlier run left behind is stopped first.
    ///
    /// - Throws: `CommandError` with the end of the server's log.
    func start() async throws {
        if !location.isMade { try await make() }
        try await stopLeftover()
        try prepareSocketFolder()
        try writeSettings()
        let ending = try await control(["start", "-w", "-t", "60", "-l", location.log])
        guard ending.isOK else {
            throw CommandError.unavailable(
                "Postgres did not start: \(lastLine()); the whole story is in \(location.log)"
            )
        }
        logger.debug("postgres runs", metadata: ["data": "\(location.data)"])
    }

    /// Stops the server, and waits for it.
    func stop() async {
        let ending = try? await control(["stop", "-w", "-m", "fast", "-t", "30"])
        if ending?.isOK != true {
            logger.warning("postgres could not be stopped", metadata: ["data": "\(location.data)"])
        }
    }

    /// Ends the server without waiting; what was committed is found again by the next start.
    func abandon() {
        if let pid = serverPID { _ = kill(pid, SIGQUIT) }
    }

    // MARK: Making

    private static func place(
        _ folder: String,
        _ account: ClusterAccount?,
        _ logger: Logger
    ) async throws -> ClusterLocation {
        let here = ClusterLocation.here(folder)
        let elsewhere = ClusterLocation.elsewhere(folder)
        guard let account else {
            try makeFolder(here.base, for: nil)
            return here
        }
        if !here.isMade {
            try makeFolder(here.base, for: account)
            if try await !mayEnter(here.base, account) {
                try? FileManager.default.removeItem(atPath: here.base)
                try makeFolder(elsewhere.base, for: account)
                guard try await mayEnter(elsewhere.base, account) else {
                    throw CommandError.unavailable(
                        "the user '\(ClusterAccount.name)', as whom Postgres has to run for root, may write "
                            + "neither \(here.base) nor \(elsewhere.base); set DATABASE_URL instead"
                    )
                }
                logger.notice(
                    "the data is kept elsewhere: root cannot run Postgres, and the user that can may not enter here",
                    metadata: ["data": "\(elsewhere.data)", "user": "\(ClusterAccount.name)"]
                )
                return elsewhere
            }
        }
        return here
    }

    /// Makes a folder that only the account may enter; one that is there must be its own, or ours.
    private static func makeFolder(_ path: String, for account: ClusterAccount?) throws {
        let files = FileManager.default
        let wanted = account?.user ?? geteuid()
        do {
            if !files.fileExists(atPath: path) {
                try files.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            }
            // A link or a folder of somebody else's could lead anywhere, and root would follow.
            let found = try files.attributesOfItem(atPath: path)
            let owner = (found[.ownerAccountID] as? Int).flatMap { UInt32(exactly: $0) }
            guard found[.type] as? FileAttributeType == .typeDirectory, let owner,
                owner == wanted || owner == geteuid()
            else {
                throw CommandError.unavailable(
                    "\(path) is not a folder of ours; move it away, or name another with --directory"
                )
            }
            guard let account, owner != wanted else { return }
            try files.setAttributes(
                [.ownerAccountID: Int(account.user), .groupOwnerAccountID: Int(account.group)],
                ofItemAtPath: path
            )
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError.unavailable(
                "cannot make the folder \(path): \(OneLine.text("\(error)"))"
            )
        }
    }

    /// Whether the account may enter the folder and write there.
    private static func mayEnter(_ path: String, _ account: ClusterAccount) async throws -> Bool {
        try await Shell.run("/bin/sh", ["-c", "cd \"$1\" && test -w .", "sh", path], as: account)
            .isOK
    }

    private func make() async throws {
        logger.info("making a Postgres cluster", metadata: ["data": "\(location.data)"])
        // Made beside its place, so that one that was interrupted is never taken for a whole one.
        let unfinished = "\(location.data).unfinished"
        try? FileManager.default.removeItem(atPath: unfinished)
        let arguments = [
            "-D", unfinished, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N",
        ]
        let ending = try await Shell.run(binaries.path("initdb"), arguments, as: account)
        guard ending.isOK else {
            let why = ending.output.split(separator: "\n").last { $0.contains("error") } ?? ""
            throw CommandError.unavailable("initdb failed: \(OneLine.text(String(why)))")
        }
        do {
            let settings = "\(unfinished)/postgresql.conf"
            let text = try String(contentsOfFile: settings, encoding: .utf8)
            try Self.write(text + "\ninclude_if_exists 'relay.conf'\n", to: settings)
            try FileManager.default.moveItem(atPath: unfinished, toPath: location.data)
        } catch {
            throw CommandError.unavailable(
                "cannot write \(location.data): \(OneLine.text("\(error)"))"
            )
        }
    }

    /// Written with each start, since the folder may have moved.
    private func writeSettings() throws {
        let folder = location.socketFolder.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "''")
        let lines = [
            "# Written by relay dev with each start.",
            "listen_addresses = ''",
            "port = 5432",
            "unix_socket_directories = '\(folder)'",
            "unix_socket_permissions = 0700",
            "max_connections = 200",
        ]
        do {
            try Self.write(lines.joined(separator: "\n") + "\n", to: "\(location.data)/relay.conf")
        } catch {
            throw CommandError.unavailable(
                "cannot write \(location.data)/relay.conf: \(OneLine.text("\(error)"))"
            )
        }
    }

    private func prepareSocketFolder() throws {
        let folder = location.socketFolder
        guard folder != location.data else { return }
        try Self.makeFolder(folder, for: account)
    }

    // MARK: Running

    private func control(_ arguments: [String]) async throws -> Shell.Ending {
        try await Shell.run(
            binaries.path("pg_ctl"),
            ["-D", location.data, "-s"] + arguments,
            as: account
        )
    }

    /// The process that the cluster's own lock file names.
    private var serverPID: pid_t? {
        guard
            let text = try? String(
                contentsOfFile: "\(location.data)/postmaster.pid",
                encoding: .utf8
            )
        else { return nil }
        return text.split(separator: "\n").first.flatMap { pid_t($0) }.flatMap { $0 > 1 ? $0 : nil }
    }

    /// Deals with what a run that was killed left behind: a server that still runs, or a lock file whose number now
    /// belongs to another process, which Postgres would take for a server.
    private func stopLeftover() async throws {
        guard let pid = serverPID else { return }
        guard kill(pid, 0) == 0 || errno == EPERM else { return }
        if isServer(pid) {
            logger.info(
                "stopping the Postgres that an earlier run left behind",
                metadata: ["pid": "\(pid)"]
            )
            guard try await control(["stop", "-w", "-m", "fast", "-t", "30"]).isOK else {
                throw CommandError.unavailable(
                    "a Postgres of an earlier run (process \(pid)) uses \(location.data) and does not stop; end it"
                )
            }
        } else {
            try? FileManager.default.removeItem(atPath: "\(location.data)/postmaster.pid")
        }
    }

    private func isServer(_ pid: pid_t) -> Bool {
        guard
            let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")
        else { return true }  // Where there is no /proc the lock file is believed.
        return String(decoding: command, as: UTF8.self).contains("postgres")
    }

    private func lastLine() -> String {
        let text = (try? String(contentsOfFile: location.log, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n")
        let telling = lines.last { $0.contains("FATAL") } ?? lines.last ?? "it said nothing"
        return OneLine.text(String(telling), limit: 300)
    }

    /// Writes in place, so that the file keeps its owner.
    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
