// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

extension Wire {
    /// What a client sends.
    package struct ClientFrame: WireMessage {
        /// Chosen by the client, never 0 (but for hello, ping and pong), never one still open.
        package var callID: UInt64
        /// One of them.
        package var body: Body?

        /// One of them.
        package indirect enum Body: Sendable, Hashable {
            /// First, with call_id 0.
            case hello(Hello)
            /// Starts an Async.
            case asyncRequest(AsyncRequest)
            /// Starts an Await.
            case awaitRequest(AwaitRequest)
            /// Starts an AwaitMany.
            case awaitManyRequest(AwaitManyRequest)
            /// Starts a Call.
            case callRequest(CallRequest)
            /// Starts a Cancel.
            case cancelRequest(CancelRequest)
            /// Starts a Work stream, or goes on with it.
            case workRequest(WorkRequest)
            /// Stops the call.
            case abandon(Abandon)
            /// Asks for a pong.
            case ping(Ping)
            /// Answers a ping.
            case pong(Pong)
        }

        /// Makes one from its fields.
        package init(
            callID: UInt64 = 0,
            body: Body? = nil
        ) {
            self.callID = callID
            self.body = body
        }
    }

    /// What a server sends.
    package struct ServerFrame: WireMessage {
        /// The call that it answers; 0 for the connection.
        package var callID: UInt64
        /// One of them.
        package var body: Body?

        /// One of them.
        package indirect enum Body: Sendable, Hashable {
            /// Answers hello.
            case welcome(Welcome)
            /// Answers an Async.
            case asyncResponse(AsyncResponse)
            /// Answers an Await.
            case awaitResponse(AwaitResponse)
            /// One event of an AwaitMany.
            case awaitManyResponse(AwaitManyResponse)
            /// Answers a Call.
            case callResponse(CallResponse)
            /// Answers a Cancel.
            case cancelResponse(CancelResponse)
            /// One message of a Work stream.
            case workResponse(WorkResponse)
            /// Ends a call, or with call_id 0 the connection.
            case status(Status)
            /// Answers a ping.
            case pong(Pong)
            /// No new calls; open ones may finish within the grace.
            case goAway(GoAway)
            /// Asks for a pong.
            case ping(Ping)
        }

        /// Makes one from its fields.
        package init(
            callID: UInt64 = 0,
            body: Body? = nil
        ) {
            self.callID = callID
            self.body = body
        }
    }

    /// Opens a connection.
    package struct Hello: WireMessage {
        /// 1.
        package var version: UInt32
        /// Name and version of the client, such as `relay-python/0.1.0`.
        package var client: String
        /// The secret that says who it is; empty where none is needed.
        package var token: String
        /// Whether the server may send compressed frames.
        package var acceptZlib: Bool

        /// Makes one from its fields.
        package init(
            version: UInt32 = 0,
            client: String = "",
            token: String = "",
            acceptZlib: Bool = false
        ) {
            self.version = version
            self.client = client
            self.token = token
            self.acceptZlib = acceptZlib
        }
    }

    /// Answers hello.
    package struct Welcome: WireMessage {
        /// 1.
        package var version: UInt32
        /// Name and version of the server.
        package var server: String
        /// The node's name.
        package var node: String
        /// The largest message, after inflating.
        package var maxMessageBytes: UInt32
        /// The most open calls of the connection.
        package var maxCalls: UInt32
        /// Whether the client may send compressed frames.
        package var acceptZlib: Bool

        /// Makes one from its fields.
        package init(
            version: UInt32 = 0,
            server: String = "",
            node: String = "",
            maxMessageBytes: UInt32 = 0,
            maxCalls: UInt32 = 0,
            acceptZlib: Bool = false
        ) {
            self.version = version
            self.server = server
            self.node = node
            self.maxMessageBytes = maxMessageBytes
            self.maxCalls = maxCalls
            self.acceptZlib = acceptZlib
        }
    }

    /// How a call ended, or why a connection ends.
    package struct Status: WireMessage {
        /// Canonical gRPC code.
        package var code: UInt32
        /// What a person is told.
        package var message: String
        /// Every field that is wrong.
        package var violations: [FieldViolation]
        /// Stable, in upper snake case, such as `REF_UNKNOWN`.
        package var reason: String
        /// When to try again; absent where that is not known.
        package var retryAfter: Duration?

        /// Makes one from its fields.
        package init(
            code: UInt32 = 0,
            message: String = "",
            violations: [FieldViolation] = [],
            reason: String = "",
            retryAfter: Duration? = nil
        ) {
            self.code = code
            self.message = message
            self.violations = violations
            self.reason = reason
            self.retryAfter = retryAfter
        }
    }

    /// One field that is wrong.
    package struct FieldViolation: WireMessage {
        /// Its path, such as `jobs[3].queue`.
        package var field: String
        /// What is wrong with it.
        package var reason: String

        /// Makes one from its fields.
        package init(
            field: String = "",
            reason: String = ""
        ) {
            self.field = field
            self.reason = reason
        }
    }

    /// Stops a call: it ends with Status 1 (cancelled); the job goes on.
    package struct Abandon: WireMessage {
        /// Makes one from its fields.
        package init() {}
    }

    /// Asks for a pong with the same data.
    package struct Ping: WireMessage {
        /// At most 64 bytes.
        package var data: [UInt8]

        /// Makes one from its fields.
        package init(
            data: [UInt8] = []
        ) {
            self.data = data
        }
    }

    /// Answers a ping.
    package struct Pong: WireMessage {
        /// The ping's.
        package var data: [UInt8]

        /// Makes one from its fields.
        package init(
            data: [UInt8] = []
        ) {
            self.data = data
        }
    }

    /// No new calls; open ones may finish within the grace.
    package struct GoAway: WireMessage {
        /// Why.
        package var reason: String
        /// How long open calls have.
        package var grace: Duration?

        /// Makes one from its fields.
        package init(
            reason: String = "",
            grace: Duration? = nil
        ) {
            self.reason = reason
            self.grace = grace
        }
    }
}
