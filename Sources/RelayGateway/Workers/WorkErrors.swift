internal import RelayCore
internal import RelayWire

extension RelayError {
    static let subscribeExpected = RelayError(
        .invalidArgument,
        reason: "SUBSCRIBE_EXPECTED",
        message: "the first message of a worker's stream must be subscribe"
    )

    static let subscribedAlready = RelayError(
        .invalidArgument,
        reason: "SUBSCRIBED_ALREADY",
        message: "a worker's stream subscribes once; open another stream for other queues"
    )

    static let workerDraining = RelayError(
        .unavailable,
        reason: "DRAINING",
        message: "this server is going away; reconnect and subscribe again",
        retryAfter: ConnectionRules.drainingRetryAfter
    )
}
