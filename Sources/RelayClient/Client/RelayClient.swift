internal import NIOCore
internal import NIOPosix
internal import RelayMessages

/// A program's connection to a gateway: calls jobs, awaits their answers, and runs jobs of queues.
///
/// ```swift
/// let relay = try await RelayClient.connect(to: "127.0.0.1:7433")
/// let answer = try await relay.call(NewJob(worker: "Echo", args: #"{"id":123}"#))
/// ```
///
/// One connection carries thousands of calls at once. It is made when it is needed, and made anew after it was lost;
/// calls that were open then fail with `UNAVAILABLE`, and awaiting their relays again gives the same answers. A task
/// that is cancelled abandons its call: the job goes on, unless `cancelOn` says otherwise.
public final class RelayClient: Sendable {
    /// How the client connects.
    public var configuration: RelayClientConfiguration { keeper.configuration }
    let keeper: ConnectionKeeper

    /// Makes a client that connects with its first call.
    public init(_ configuration: RelayClientConfiguration) {
        keeper = ConnectionKeeper(
            configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton
        )
    }

    /// Makes a client and connects it.
    ///
    /// - Parameters:
    ///   - address: Where the gateway listens: `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
    ///   - token: The secret that says who the client is; nil where the gateway needs none.
    ///   - tls: How to make sure whom one talks to; nil talks in clear.
    /// - Returns: The connected client.
    /// - Throws: `RelayError`: `INVALID_ARGUMENT` for an address that is none, `UNAVAILABLE` where nothing answers,
    ///   `UNAUTHENTICATED` where the token is not known.
    public static func connect(
        to address: String,
        token: String? = nil,
        tls: RelayClientTLS? = nil
    ) async throws -> RelayClient {
        guard let address = ServerAddress(address) else { throw RelayError.addressInvalid(address) }
        var configuration = RelayClientConfiguration(address: address, token: token)
        configuration.tls = tls
        return try await connect(configuration)
    }

    /// Makes a client and connects it.
    ///
    /// - Throws: `RelayError`, as the other `connect`.
    public static func connect(
        _ configuration: RelayClientConfiguration
    ) async throws -> RelayClient {
        let client = RelayClient(configuration)
        _ = try await client.keeper.connection()
        return client
    }

    /// Whether there is a connection on which calls may begin at once.
    package var takesCalls: Bool { keeper.takesCalls }

    /// Ends the connection; open calls fail with `CANCELLED`, and their jobs go on.
    public func close() {
        keeper.close()
    }

    deinit {
        keeper.close()
    }

    /// Sends a request and waits for its one answer; one that was never sent goes to a new connection once.
    func answer(to request: Wire.ClientFrame.Body) async throws -> Wire.ServerFrame.Body {
        for isLast in [false, true] {
            let ending = try await UnaryCall(keeper.connection()).ending(of: request)
            switch ending {
            case .answer(let body): return body
            case .refused(let error) where isLast || error.code != .unavailable: throw error
            case .refused: continue
            }
        }
        throw RelayError.answerUnexpected
    }
}
