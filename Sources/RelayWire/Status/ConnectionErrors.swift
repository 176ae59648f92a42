internal import RelayCore

extension RelayError {
    static func wrongVersion(_ version: UInt32) -> RelayError {
        RelayError(
            .invalidArgument,
            reason: "VERSION_UNKNOWN",
            message:
                "hello asks for version \(version); this server speaks \(ConnectionRules.version)"
        )
    }

    static let helloExpected = RelayError(
        .invalidArgument,
        reason: "HELLO_EXPECTED",
        message: "the first frame of a connection must be hello, with call_id 0"
    )

    static let helloRepeated = RelayError(
        .invalidArgument,
        reason: "HELLO_REPEATED",
        message: "hello was said already"
    )

    static let helloTimeout = RelayError(
        .deadlineExceeded,
        reason: "HELLO_TIMEOUT",
        message: "no hello came in time"
    )

    static let keepaliveTimeout = RelayError(
        .unavailable,
        reason: "KEEPALIVE_TIMEOUT",
        message: "no pong came in time"
    )

    static let frameTimeout = RelayError(
        .deadlineExceeded,
        reason: "FRAME_TIMEOUT",
        message: "a frame took too long to arrive"
    )

    static let callIDZero = RelayError(
        .invalidArgument,
        reason: "CALL_ID_ZERO",
        message: "call_id 0 belongs to the connection; calls take any other number"
    )

    static let callIDInUse = RelayError(
        .invalidArgument,
        reason: "CALL_ID_IN_USE",
        message: "a call with this call_id is still open; it goes on, and this one was not begun"
    )

    static func tooManyCalls(limit: Int) -> RelayError {
        RelayError(
            .resourceExhausted,
            reason: "TOO_MANY_CALLS",
            message:
                "this connection has \(limit) open calls already; wait for some, or open another"
        )
    }

    static let pingTooLong = RelayError(
        .invalidArgument,
        reason: "PING_TOO_LONG",
        message: "a ping carries at most \(ConnectionRules.maxPingBytes) bytes"
    )

    static let bodyMissing = RelayError(
        .invalidArgument,
        reason: "BODY_MISSING",
        message: "the frame says what call it belongs to, but nothing else"
    )

    static let bodyUnknown = RelayError(
        .unimplemented,
        reason: "BODY_UNKNOWN",
        message:
            "the frame holds something that this server does not know; it may be older than you"
    )

    static let draining = RelayError(
        .unavailable,
        reason: "DRAINING",
        message: "this server is going away and takes no new calls; reconnect and send again",
        retryAfter: ConnectionRules.drainingRetryAfter
    )

    static let graceOver = RelayError(
        .unavailable,
        reason: "DRAINING",
        message: "this server went away before the call ended; reconnect and await again",
        retryAfter: ConnectionRules.drainingRetryAfter
    )
}

// What a client tells its callers of its own connection.
extension RelayError {
    static let welcomeExpected = RelayError(
        .internal,
        reason: "WELCOME_EXPECTED",
        message: "the server answered hello with something else; is this a relay server?"
    )

    static let welcomeTimeout = RelayError(
        .unavailable,
        reason: "WELCOME_TIMEOUT",
        message: "the server did not answer hello in time"
    )

    static let notConnected = RelayError(
        .unavailable,
        reason: "NOT_CONNECTED",
        message: "there is no open connection to the server",
        retryAfter: ConnectionRules.drainingRetryAfter
    )
}
