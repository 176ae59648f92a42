internal import FoundationEssentials
internal import Logging
internal import RelayGateway
internal import ServiceLifecycle

/// Reads the file of tokens again when it has changed, so that a token can be made and revoked while the gateway runs.
struct TokenWatch: Service {
    /// How often the file is looked at.
    static let interval = Duration.seconds(2)

    let path: String
    let authenticator: TokenAuthenticator
    let logger: Logger

    func run() async throws {
        let first = stamp()
        try? await cancelWhenGracefulShutdown {
            var seen = first
            while true {
                try await Task.sleep(for: Self.interval)
                let now = stamp()
                if now == seen { continue }
                seen = now
                reload()
            }
        }
    }

    /// A file that cannot be read changes nothing: those who were let in before still are.
    private func reload() {
        do {
            let tokens = try TokenFile.read(path)
            authenticator.replace(tokens)
            logger.notice("tokens read again", metadata: ["tokens": "\(tokens.count)"])
        } catch {
            logger.error(
                "tokens not read again; the old ones stay good",
                metadata: ["why": "\((error as? CommandError)?.message ?? "\(error)")"]
            )
        }
    }

    private func stamp() -> Date? {
        try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
}
