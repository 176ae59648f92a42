/// What a client shows of itself: never the token, but its digest.
package struct Credentials: Sendable, Hashable {
    /// The SHA-256 of the token of its hello; nil if it held none.
    package var tokenDigest: [UInt8]?
    /// The names of its certificate, which an authority of the gateway's vouches for: `dns:NAME` and `uri:NAME`.
    package var certificateNames: [String]

    /// Puts them together.
    package init(tokenDigest: [UInt8]? = nil, certificateNames: [String] = []) {
        self.tokenDigest = tokenDigest
        self.certificateNames = certificateNames
    }
}

/// Says who may connect, and what they may do.
package protocol Authenticator: Sendable {
    /// Judges what a client shows; called on an event loop, so it must not block.
    ///
    /// - Throws: `UNAUTHENTICATED`, which must not tell why.
    func principal(_ credentials: Credentials) throws(RelayError) -> Principal
}

/// Admits everybody: for gateways that only trusted peers can reach.
package struct OpenAuthenticator: Authenticator {
    /// Makes one.
    package init() {}

    package func principal(_ credentials: Credentials) -> Principal { .anybody }
}
