internal import NIOCore
internal import Subprocess
internal import SystemPackage

/// Runs the programs that come with Postgres, to their end.
enum Shell {
    /// What a program said and how it ended.
    struct Ending: Sendable {
        var isOK: Bool
        /// Both streams together.
        var output: String
    }

    /// The bytes of output that are kept.
    static let maxOutput = 256 * 1024

    /// Runs a program as an account, nil being whoever runs this; throws `CommandError` if it cannot be started.
    static func run(
        _ program: String,
        _ arguments: [String],
        as account: ClusterAccount? = nil
    ) async throws -> Ending {
        var options = PlatformOptions()
        if let account {
            options.userID = account.user
            options.groupID = account.group
            options.supplementaryGroups = [account.group]
        }
        do {
            let result = try await Subprocess.run(
                .path(FilePath(program)),
                arguments: Arguments(arguments),
                // Postgres's messages are read here, so they are asked for in one language.
                environment: .inherit.updating(["LC_ALL": "C", "PGHOST": nil, "PGPORT": nil]),
                // The account may not be allowed to stand where we do.
                workingDirectory: "/",
                platformOptions: options,
                input: .none,
                output: .string(limit: maxOutput),
                error: .combinedWithOutput
            )
            return Ending(
                isOK: result.terminationStatus.isSuccess,
                output: result.standardOutput
            )
        } catch {
            throw CommandError.unavailable("cannot run \(program): \(OneLine.text("\(error)"))")
        }
    }
}
