internal import NIOConcurrencyHelpers
internal import NIOSSL

/// The certificate that new connections are served with, which may be another one than that of connections that are
/// open.
final class ServerTLSSource: Sendable {
    private let files: TLSFiles?
    private let current = NIOLockedValueBox<NIOSSLContext?>(nil)

    /// Makes one that serves in clear where there are no files.
    init(_ files: TLSFiles?) {
        self.files = files
    }

    /// What the next connection is served with; nil is in clear.
    var context: NIOSSLContext? { current.withLockedValue { $0 } }

    /// Reads the files; throws ``GatewayError/certificate(file:why:)``, and then all stays as it was.
    func read() throws(GatewayError) {
        guard let files else { return }
        let context = try files.context()
        current.withLockedValue { $0 = context }
    }
}
