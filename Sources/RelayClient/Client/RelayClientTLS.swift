internal import NIOSSL

/// How a client makes sure whom it talks to; all files are PEM.
public struct RelayClientTLS: Sendable, Hashable {
    /// The certificates that may vouch for the gateway; nil trusts those of the system.
    public var caFile: String?
    /// The client's own certificate, for gateways that want one, with those that vouch for it.
    public var certificateFile: String?
    /// The private key of that certificate.
    public var keyFile: String?
    /// The name that the gateway's certificate must have; nil takes the address's host.
    public var serverName: String?

    /// Makes the defaults: the system's trust, no certificate of the client's own.
    public init() {}

    /// Reads the files; throws `RelayError` that names the one that cannot be used.
    func context() throws(RelayError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let caFile {
            let roots = try Self.read(caFile) { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.trustRoots = .certificates(roots)
        }
        if let certificateFile {
            let chain = try Self.read(certificateFile) { try NIOSSLCertificate.fromPEMFile($0) }
            let key = try Self.read(keyFile ?? certificateFile) {
                try NIOSSLPrivateKey(file: $0, format: .pem)
            }
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(key)
        }
        return try Self.read(certificateFile ?? caFile ?? "") { _ in
            try NIOSSLContext(configuration: configuration)
        }
    }

    /// The name to verify; nil for numbers, whose certificate must name the number itself.
    func name(for address: ServerAddress) -> String? {
        if let serverName { return serverName }
        guard case .tcp(let host, _) = address else { return nil }
        let isNumber = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        return isNumber ? nil : host
    }

    private static func read<Value>(
        _ file: String,
        _ body: (String) throws -> Value
    ) throws(RelayError) -> Value {
        do {
            return try body(file)
        } catch {
            throw RelayError(
                .invalidArgument,
                reason: "CERTIFICATE_UNUSABLE",
                message: "the certificate or key \(file) cannot be used: \(error)"
            )
        }
    }
}
