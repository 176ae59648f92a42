import FoundationEssentials
import Subprocess
import SystemPackage

/// The built program.
enum Binary {
    /// Where it is: beside the tests.
    static func path() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appendingPathComponent("relay").path
    }

    /// How a run ended.
    struct Ending {
        var status: Int32
        var stdout: String
        var stderr: String

        /// The lines of stderr.
        var complaints: [Substring] { stderr.split(separator: "\n") }
        /// The lines of stdout.
        var lines: [Substring] { stdout.split(separator: "\n") }
    }

    /// Variables that would decide for the program what a test wants to decide.
    static let cleared: [Environment.Key: String?] = [
        "DATABASE_URL": nil, "RELAY_DATABASE_URL": nil, "RELAY_ADDRESS": nil, "PGHOST": nil,
    ]

    /// Runs the program to its end.
    static func run(
        _ arguments: [String],
        environment: [Environment.Key: String?] = [:],
        stdin: String = "",
        in folder: String? = nil
    ) async throws -> Ending {
        let result = try await Subprocess.run(
            .path(FilePath(try path())),
            arguments: Arguments(arguments),
            environment: .inherit.updating(cleared.merging(environment) { $1 }),
            workingDirectory: folder.map { FilePath($0) },
            input: .string(stdin),
            output: .string(limit: 1 << 24),
            error: .string(limit: 1 << 20)
        )
        guard case .exited(let status) = result.terminationStatus else {
            return Ending(status: -1, stdout: result.standardOutput, stderr: result.standardError)
        }
        return Ending(status: status, stdout: result.standardOutput, stderr: result.standardError)
    }
}
