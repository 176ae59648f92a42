internal import Crypto
internal import NIOConcurrencyHelpers
package import RelayCore

/// A token that is known: never itself, but its SHA-256, which is enough for a secret that nobody can guess.
package struct KnownToken: Sendable, Hashable {
    /// How many bytes a digest has.
    package static let digestBytes = 32

    /// The SHA-256 of the token.
    package var digest: [UInt8]
    /// Who shows it.
    package var principal: Principal
    /// When it ends to be good, in seconds since 1970-01-01 00:00 UTC; nil never.
    package var expiresAt: Int64?

    /// Makes one from a digest.
    package init(digest: [UInt8], principal: Principal, expiresAt: Int64? = nil) {
        self.digest = digest
        self.principal = principal
        self.expiresAt = expiresAt
    }

    /// The SHA-256 of a token.
    package static func digest(of token: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(token.utf8)))
    }
}

/// A certificate's name that is known, where an authority of the gateway's vouches for the certificate.
package struct KnownCertificate: Sendable, Hashable {
    /// `dns:NAME` or `uri:NAME`, of which the end may be open.
    package var name: NamePattern
    /// Who shows it.
    package var principal: Principal
    /// When it ends to be good, in seconds since 1970-01-01 00:00 UTC; nil never.
    package var expiresAt: Int64?

    /// Makes one.
    package init(name: NamePattern, principal: Principal, expiresAt: Int64? = nil) {
        self.name = name
        self.principal = principal
        self.expiresAt = expiresAt
    }
}

/// Everybody whom a gateway knows.
package struct KnownClients: Sendable, Hashable {
    /// By their token; several of one principal are how a token is changed.
    package var tokens: [KnownToken]
    /// By the name of their certificate; the first that matches counts.
    package var certificates: [KnownCertificate]

    /// Puts them together.
    package init(tokens: [KnownToken], certificates: [KnownCertificate] = []) {
        self.tokens = tokens
        self.certificates = certificates
    }
}

/// Admits whoever shows a known token, or without any token a certificate of a known name.
package final class KnownClientsAuthenticator: Authenticator {
    private let clients: NIOLockedValueBox<KnownClients>
    private let now: @Sendable () -> Int64

    /// Makes one.
    ///
    /// - Parameters:
    ///   - clients: Those that are known now.
    ///   - now: Seconds since 1970-01-01 00:00 UTC.
    package init(_ clients: KnownClients, now: @escaping @Sendable () -> Int64) {
        self.clients = NIOLockedValueBox(clients)
        self.now = now
    }

    /// From now on these are known; ``GatewayServer/judgeAgain()`` applies that to connections that are open.
    package func replace(_ clients: KnownClients) {
        self.clients.withLockedValue { $0 = clients }
    }

    /// How many are good now: fewer than before means that some have expired.
    package var goodCount: Int {
        let now = now()
        let known = clients.withLockedValue { $0 }
        return known.tokens.count { $0.expiresAt.map { now < $0 } ?? true }
            + known.certificates.count { $0.expiresAt.map { now < $0 } ?? true }
    }

    package func principal(_ credentials: Credentials) throws(RelayError) -> Principal {
        let known = clients.withLockedValue { $0 }
        let found =
            if let digest = credentials.tokenDigest {
                principal(digest, known.tokens)
            } else {
                principal(credentials.certificateNames, known.certificates)
            }
        if let found { return found }
        throw RelayError(
            .unauthenticated,
            reason: "TOKEN_REFUSED",
            message: refusal(of: credentials)
        )
    }

    private func refusal(of credentials: Credentials) -> String {
        if credentials.tokenDigest != nil {
            return "the token of hello is not known here, or has expired"
        }
        return credentials.certificateNames.isEmpty
            ? "hello needs a token" : "the client's certificate has no name that is known here"
    }

    /// Every digest is compared whole, so that the time says nothing about which is nearly right.
    private func principal(_ digest: [UInt8], _ tokens: [KnownToken]) -> Principal? {
        let now = now()
        var found: Principal?
        for known in tokens {
            let isEqual = Self.areEqual(known.digest, digest)
            if isEqual, known.expiresAt.map({ now < $0 }) ?? true { found = known.principal }
        }
        return found
    }

    private func principal(_ names: [String], _ certificates: [KnownCertificate]) -> Principal? {
        let now = now()
        return certificates.first { known in
            names.contains { known.name.matches($0) }
                && known.expiresAt.map { now < $0 } ?? true
        }?.principal
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}
