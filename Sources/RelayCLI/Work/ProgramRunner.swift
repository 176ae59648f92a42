internal import NIOCore
internal import RelayClient
internal import Subprocess
internal import SystemPackage

/// Runs attempts by a program: the arguments on its stdin, the result from its stdout.
struct ProgramRunner: Sendable {
    /// The most bytes of stdout, unless `--output-limit` says otherwise.
    static let defaultOutputLimit = 4 * 1024 * 1024 - 64 * 1024
    /// The bytes at the end of stderr that become the exception's message.
    static let maxErrorBytes = 16 * 1024
    /// How long a program has between SIGTERM and SIGKILL.
    static let killGrace = Duration.seconds(5)

    let program: String
    let arguments: [String]
    let outputLimit: Int
    let running: RunningPrograms

    /// Makes a runner; throws `CommandError` if there is no such program.
    init(command: [String], outputLimit: Int = defaultOutputLimit) async throws {
        guard let program = command.first else {
            throw CommandError.usage("no command was given; write it after --")
        }
        self.program = program
        self.arguments = Array(command.dropFirst())
        self.outputLimit = outputLimit
        self.running = RunningPrograms()
        do {
            _ = try await executable.resolveExecutablePath(in: .inherit)
        } catch {
            throw CommandError.usage("there is no program '\(OneLine.text(program, limit: 200))'")
        }
    }

    /// A name is looked for in PATH, what holds a slash is a path, as shells have it.
    private var executable: Executable {
        program.contains("/") ? .path(FilePath(program)) : .name(program)
    }

    /// Runs an attempt; a cancelled task ends the program and everything that it started.
    func run(_ job: ClaimedJob) async throws -> ExecutionOutcome {
        var options = PlatformOptions()
        // A group of its own: Ctrl-C in a terminal lets running programs finish, and a cancel reaches all of them.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(
                signal: .terminate,
                toProcessGroup: true,
                allowedDurationToNextStep: Self.killGrace
            )
        ]
        let variables = JobEnvironment.variables(job)
        let environment = Environment.inherit.updating(
            Dictionary(
                uniqueKeysWithValues: variables.map {
                    (Environment.Key(stringLiteral: $0.key), Optional($0.value))
                }
            )
        )
        let result = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            environment: environment,
            platformOptions: options,
            input: .inputWriter,
            output: .sequence,
            error: .sequence
        ) { execution in
            let token = running.add {
                try? execution.send(signal: .kill, toProcessGroup: true)
            }
            defer { running.remove(token) }
            async let stderr = Self.tail(of: execution.standardError)
            async let fed: Void = Self.feed(job.args, to: execution.standardInputWriter)
            let stdout = try await Self.all(of: execution.standardOutput, limit: outputLimit)
            await fed
            return (stdout, await stderr)
        }
        try Task.checkCancellation()
        let (stdout, stderr) = result.closureResult
        guard let stdout else {
            return .exception(
                JobException(
                    kind: "ResultTooLarge",
                    message: "stdout is over the limit of \(outputLimit) bytes; see --output-limit"
                )
            )
        }
        return ProgramOutcome.outcome(result.terminationStatus, stdout: stdout, stderr: stderr)
    }

    /// A program need not read its arguments, so that it may be gone before they are written.
    private static func feed(_ args: String, to writer: StandardInputWriter) async {
        _ = try? await writer.write(args)
        try? await writer.finish()
    }

    /// All that comes, nil if that is over the limit; it is read to the end in any case, so that the program ends.
    private static func all(
        of output: SubprocessOutputSequence,
        limit: Int
    ) async throws -> ByteBuffer? {
        var all = ByteBuffer()
        var isOver = false
        for try await piece in output {
            isOver = isOver || all.readableBytes + piece.count > limit
            if isOver { all.clear() } else { all.writeBytes(piece.bytes) }
        }
        return isOver ? nil : all
    }

    /// Passes stderr on, and keeps its end.
    private static func tail(of output: SubprocessOutputSequence) async -> String {
        var tail = ByteBuffer()
        do {
            for try await piece in output {
                var bytes = ByteBuffer()
                bytes.writeBytes(piece.bytes)
                _ = try? FileDescriptor.standardError.writeAll(bytes.readableBytesView)
                tail.writeBuffer(&bytes)
                let excess = tail.readableBytes - maxErrorBytes
                if excess > 0 {
                    tail.moveReaderIndex(forwardBy: excess)
                    tail.discardReadBytes()
                }
            }
        } catch {
            // What was read so far says enough.
        }
        return String(buffer: tail)
    }
}
