package import RelayCore

/// Says who may connect.
package protocol Authenticator: Sendable {
    /// Judges the token of a hello, empty if it held none; nil admits. Called on an event loop, so
    /// it must not block.
    func refusal(token: String) -> RelayError?
}

/// Admits everybody: for gateways that only trusted peers can reach.
package struct OpenAuthenticator: Authenticator {
    /// Makes one.
    package init() {}

    package func refusal(token: String) -> RelayError? { nil }
}

/// Admits whoever knows one of the tokens.
package struct TokenAuthenticator: Authenticator {
    private let tokens: [[UInt8]]

    /// Makes one; empty tokens are left out, since an absent token reads as an empty one.
    package init(tokens: [String]) {
        self.tokens = tokens.filter { !$0.isEmpty }.map { Array($0.utf8) }
    }

    package func refusal(token: String) -> RelayError? {
        let given = Array(token.utf8)
        var known = false
        // Every token is compared whole, so that the time says nothing about which is nearly right.
        for candidate in tokens where Self.areEqual(candidate, given) { known = true }
        guard !known else { return nil }
        return RelayError(
            .unauthenticated,
            reason: "TOKEN_REFUSED",
            message: token.isEmpty ? "hello needs a token" : "the token of hello is not known here"
        )
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}
