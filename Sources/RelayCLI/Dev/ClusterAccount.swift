#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The account that Postgres runs as where we are root, since initdb refuses root.
struct ClusterAccount: Sendable, Equatable {
    var user: UInt32
    var group: UInt32

    /// The account's name; Debian's packages make it.
    static let name = "postgres"

    /// The account, nil where we aren't root; throws `CommandError` if there is none.
    static func current() async throws -> ClusterAccount? {
        guard geteuid() == 0 else { return nil }
        guard let user = try await number("-u"), let group = try await number("-g") else {
            throw CommandError.unavailable(
                "root cannot run Postgres, and there is no user '\(name)' to run it as; install the package "
                    + "postgresql, run `relay dev` as another user, or set DATABASE_URL"
            )
        }
        return ClusterAccount(user: user, group: group)
    }

    private static func number(_ flag: String) async throws -> UInt32? {
        let ending = try await Shell.run("/usr/bin/id", [flag, name])
        return ending.isOK ? UInt32(ending.output.filter { $0.isNumber }) : nil
    }
}
