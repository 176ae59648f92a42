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

/// Admits whoever shows one of the known tokens.
package final class TokenAuthenticator: Authenticator {
    private let tokens: NIOLockedValueBox<[KnownToken]>
    private let now: @Sendable () -> Int64

    /// Makes one.
    ///
    /// - Parameters:
    ///   - tokens: The tokens that are good now; several of one principal are how a token is changed.
    ///   - now: Seconds since 1970-01-01 00:00 UTC.
    package init(tokens: [KnownToken], now: @escaping @Sendable () -> Int64) {
        self.tokens = NIOLockedValueBox(tokens)
        self.now = now
    }

    /// From now on these are the tokens; connections that are open stay so.
    package func replace(_ tokens: [KnownToken]) {
        self.tokens.withLockedValue { $0 = tokens }
    }

    package func principal(token: String) throws(RelayError) -> Principal {
        let given = KnownToken.digest(of: token)
        let now = now()
        var found: Principal?
        // Every digest is compared whole, so that the time says nothing about which is nearly right.
        for known in tokens.withLockedValue({ $0 }) {
            let isEqual = Self.areEqual(known.digest, given)
            if isEqual, known.expiresAt.map({ now < $0 }) ?? true { found = known.principal }
        }
        if let found, !token.isEmpty { return found }
        throw RelayError(
            .unauthenticated,
            reason: "TOKEN_REFUSED",
            message: token.isEmpty
                ? "hello needs a token" : "the token of hello is not known here, or has expired"
        )
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}
