/// Says who may connect, and what they may do.
package protocol Authenticator: Sendable {
    /// Judges the token of a hello, empty if it held none; called on an event loop, so it must not block.
    ///
    /// - Throws: `UNAUTHENTICATED`, which must not tell why.
    func principal(token: String) throws(RelayError) -> Principal
}

/// Admits everybody: for gateways that only trusted peers can reach.
package struct OpenAuthenticator: Authenticator {
    /// Makes one.
    package init() {}

    package func principal(token: String) -> Principal { .anybody }
}
