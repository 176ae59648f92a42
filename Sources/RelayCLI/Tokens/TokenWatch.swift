internal import Logging
internal import NIOConcurrencyHelpers
internal import RelayGateway

/// Reads the file of tokens again when it has changed, and lets nobody stay whose token is revoked or has expired.
struct TokenWatch: Sendable {
    let path: String
    let authenticator: KnownClientsAuthenticator
    let logger: Logger
    /// What ends the connections of those that are known no more.
    let judgeAgain: @Sendable () -> Void
    private let good: NIOLockedValueBox<Int>

    init(
        path: String,
        authenticator: KnownClientsAuthenticator,
        logger: Logger,
        judgeAgain: @escaping @Sendable () -> Void
    ) {
        self.path = path
        self.authenticator = authenticator
        self.logger = logger
        self.judgeAgain = judgeAgain
        good = NIOLockedValueBox(authenticator.goodCount)
    }

    /// The watch over the file.
    var files: FileWatch {
        FileWatch(paths: [path]) { hasChanged in
            if hasChanged { reload() }
            let count = authenticator.goodCount
            let before = good.withLockedValue { good in
                defer { good = count }
                return good
            }
            if hasChanged || count < before { judgeAgain() }
        }
    }

    /// A file that cannot be read changes nothing: those who were let in before still are.
    private func reload() {
        do {
            let clients = try TokenFile.read(path)
            authenticator.replace(clients)
            logger.notice(
                "tokens read again",
                metadata: [
                    "tokens": "\(clients.tokens.count)",
                    "certificates": "\(clients.certificates.count)",
                ]
            )
        } catch {
            logger.error(
                "tokens not read again; the old ones stay good",
                metadata: ["why": "\((error as? CommandError)?.message ?? "\(error)")"]
            )
        }
    }
}
