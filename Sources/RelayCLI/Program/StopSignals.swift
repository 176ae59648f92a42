internal import ArgumentParser
internal import UnixSignals

/// SIGTERM and SIGINT: the first asks to stop, a second ends the program at once.
enum StopSignals {
    /// Runs a body.
    ///
    /// - Parameters:
    ///   - onFirst: Asks the body to come to its end.
    ///   - onSecond: What cannot be left behind, just before the program ends.
    ///   - body: What runs.
    /// - Throws: What the body throws.
    static func whileRunning(
        onFirst: @escaping @Sendable () async -> Void,
        onSecond: @escaping @Sendable () -> Void = {},
        body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                await withDiscardingTaskGroup { stopping in
                    var isFirst = true
                    for await signal in signals {
                        guard isFirst else {
                            onSecond()
                            RelayCommand.exit(withError: ExitCode(128 + signal.rawValue))
                        }
                        isFirst = false
                        stopping.addTask { await onFirst() }
                    }
                    stopping.cancelAll()
                }
                return false
            }
            while let isBody = try await group.next() {
                if isBody { break }
            }
            group.cancelAll()
        }
    }
}
