internal import FoundationEssentials
internal import ServiceLifecycle

/// Tells when one of a few files has changed, so that tokens and certificates can be changed while the gateway runs.
struct FileWatch: Service {
    /// How often the files are looked at.
    static let interval = Duration.seconds(2)

    let paths: [String]
    /// Called after each look, with whether anything has changed since the last.
    let looked: @Sendable (_ hasChanged: Bool) -> Void

    func run() async throws {
        let first = stamps()
        try? await cancelWhenGracefulShutdown {
            var seen = first
            while true {
                try await Task.sleep(for: Self.interval)
                let now = stamps()
                looked(now != seen)
                seen = now
            }
        }
    }

    private func stamps() -> [Date?] {
        paths.map { path in
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
    }
}
