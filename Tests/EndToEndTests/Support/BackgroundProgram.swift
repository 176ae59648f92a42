import NIOConcurrencyHelpers
import NIOCore
import Subprocess
import SystemPackage
import Testing

/// A run of the program that goes on while a test does something.
struct BackgroundProgram: Sendable {
    let send: @Sendable (Signal) -> Void
    let log: Log

    /// What it wrote to stderr so far.
    actor Log {
        private(set) var text = ""
        private var waiting: [(String, CheckedContinuation<Bool, Never>)] = []

        func append(_ piece: String) {
            text += piece
            let ready = waiting.filter { text.contains($0.0) }
            waiting.removeAll { text.contains($0.0) }
            for (_, continuation) in ready { continuation.resume(returning: true) }
        }

        func end() {
            for (_, continuation) in waiting { continuation.resume(returning: false) }
            waiting = []
        }

        /// Whether the words came before the program ended.
        func contains(_ words: String) async -> Bool {
            if text.contains(words) { return true }
            return await withCheckedContinuation { waiting.append((words, $0)) }
        }
    }

    /// Runs the program beside the body, once it has written `words`; ends it with SIGTERM after the body.
    ///
    /// - Returns: How it ended.
    static func with(
        _ arguments: [String],
        environment: [Environment.Key: String?] = [:],
        in folder: String? = nil,
        until words: String,
        body: @Sendable (BackgroundProgram) async throws -> Void
    ) async throws -> TerminationStatus {
        let result = try await Subprocess.run(
            .path(FilePath(try Binary.path())),
            arguments: Arguments(arguments),
            environment: .inherit.updating(Binary.cleared.merging(environment) { $1 }),
            workingDirectory: folder.map { FilePath($0) },
            input: .none,
            output: .discarded,
            error: .sequence
        ) { execution in
            let isEnding = NIOLockedValueBox(false)
            let program = BackgroundProgram(
                send: { signal in
                    isEnding.withLockedValue { $0 = true }
                    try? execution.send(signal: signal)
                },
                log: Log()
            )
            async let reading: Void = read(execution.standardError, into: program.log)
            let result: Result<Void, any Error>
            do {
                let isUp = await program.log.contains(words)
                let said = await program.log.text
                try #require(isUp, "\(said)")
                try await body(program)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            // A second signal would end it at once.
            if !isEnding.withLockedValue({ $0 }) { program.send(.terminate) }
            await reading
            try result.get()
        }
        return result.terminationStatus
    }

    private static func read(_ pieces: SubprocessOutputSequence, into log: Log) async {
        do {
            for try await piece in pieces {
                var bytes = ByteBuffer()
                bytes.writeBytes(piece.bytes)
                await log.append(String(buffer: bytes))
            }
        } catch {
            await log.append("\(error)")
        }
        await log.end()
    }
}
