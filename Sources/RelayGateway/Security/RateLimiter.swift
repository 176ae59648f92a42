internal import NIOConcurrencyHelpers
internal import RelayCore

/// What identities and addresses may do in a time, over all connections of a gateway.
final class RateLimiter: Sendable {
    /// The refused hellos of one address before they are paced: a fleet behind one address may start with a wrong token.
    static let refusedHelloBurst = 100.0
    /// The identities whose calls are counted; a token file holds no more.
    static let maxIdentities = 1_000

    private let calls: NIOLockedValueBox<RateBook>?
    private let refusedHellos: NIOLockedValueBox<RateBook>

    init(_ limits: Limits) {
        calls = limits.callsPerSecond.map {
            let rate = Rate(perSecond: Double($0), burst: Double($0))
            return NIOLockedValueBox(RateBook(rate, capacity: Self.maxIdentities))
        }
        let rate = Rate(
            perSecond: Double(limits.refusedHellosPerSecond),
            burst: Self.refusedHelloBurst
        )
        refusedHellos = NIOLockedValueBox(RateBook(rate, capacity: limits.maxTrackedAddresses))
    }

    /// Counts a call of an identity.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED`, `RATE_LIMITED`, with when to come again.
    func beginCall(of identity: String, now: MonotonicTime) throws(RelayError) {
        guard let calls else { return }
        let wait = calls.withLockedValue { book in
            let wait = book.wait(identity, now: now)
            if wait == nil { book.spend(identity, now: now) }
            return wait
        }
        if let wait {
            throw .rateLimited("this identity begins too many calls", retryAfter: wait)
        }
    }

    /// Looks whether an address may be judged at all; nil is a Unix socket, whose peers are trusted that far.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED`, `RATE_LIMITED`, with when to come again.
    func beginHello(from address: String?, now: MonotonicTime) throws(RelayError) {
        guard let address else { return }
        if let wait = refusedHellos.withLockedValue({ $0.wait(address, now: now) }) {
            throw .rateLimited("too many hellos from this address were refused", retryAfter: wait)
        }
    }

    /// A hello of the address was refused.
    func refusedHello(from address: String?, now: MonotonicTime) {
        guard let address else { return }
        refusedHellos.withLockedValue { $0.spend(address, now: now) }
    }
}

extension RelayError {
    static func rateLimited(_ what: String, retryAfter: Duration) -> RelayError {
        RelayError(
            .resourceExhausted,
            reason: "RATE_LIMITED",
            message: "\(what); come again later",
            retryAfter: retryAfter
        )
    }
}
