internal import NIOCore
internal import NIOSSL

/// The names of a client's certificate, as grants know them.
enum CertificateNames {
    /// The most names that count; one lookup compares each with what is known.
    static let maxNames = 16

    /// The names of the certificate that the client of this channel showed, if TLS asked it for one.
    static func shown(in context: ChannelHandlerContext) -> [String] {
        guard
            (try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)) != nil,
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
        else { return [] }
        return names(of: certificate)
    }

    static func names(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().prefix(maxNames).compactMap { name in
            let text = String(decoding: name.contents, as: UTF8.self)
            // A name with a NUL or a line's end is no name: it would be read as another one.
            guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
            return switch name.nameType {
            case .dnsName: "dns:" + text
            case .uri: "uri:" + text
            default: nil
            }
        }
    }
}
