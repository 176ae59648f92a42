internal import NIOSSL

/// Where the certificate of a gateway is kept; all files are PEM.
package struct TLSFiles: Sendable, Hashable {
    /// The path of the certificate, followed by those that vouch for it.
    package var certificate: String
    /// The path of its private key.
    package var key: String
    /// The path of the certificates that must vouch for clients; nil asks clients for none.
    package var clientCA: String?

    /// Names the files.
    package init(certificate: String, key: String, clientCA: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientCA = clientCA
    }

    /// Reads the files; throws ``GatewayError/certificate(file:why:)``.
    func context() throws(GatewayError) -> NIOSSLContext {
        let chain = try Self.read(certificate) { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try Self.read(key) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        if let clientCA {
            let roots = try Self.read(clientCA) { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.trustRoots = .certificates(roots)
            // Clients are known by who vouches for them, not by the name of their host.
            configuration.certificateVerification = .noHostnameVerification
        }
        return try Self.read(certificate) { _ in try NIOSSLContext(configuration: configuration) }
    }

    private static func read<Value>(
        _ file: String,
        _ body: (String) throws -> Value
    ) throws(GatewayError) -> Value {
        do {
            return try body(file)
        } catch {
            throw .certificate(file: file, why: LogText("\(error)").description)
        }
    }
}
