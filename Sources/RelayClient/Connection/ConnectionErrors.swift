internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension RelayError {
    static func addressInvalid(_ text: String) -> RelayError {
        RelayError(
            .invalidArgument,
            reason: "ADDRESS_INVALID",
            message: "'\(text)' is no address of a gateway; write HOST:PORT or unix:PATH"
        )
    }

    static func connectionLost(_ address: ServerAddress) -> RelayError {
        RelayError(
            .unavailable,
            reason: "CONNECTION_LOST",
            message: "the connection to the gateway at \(address) was lost; connect and send again"
        )
    }

    static func closedUngreeted(_ address: ServerAddress) -> RelayError {
        RelayError(
            .unavailable,
            reason: "CONNECT_FAILED",
            message: "what listens at \(address) closed the connection without greeting; "
                + "is it a relay gateway, and does it want TLS?"
        )
    }

    static let closed = RelayError(
        .cancelled,
        reason: "CLIENT_CLOSED",
        message: "this client was closed; make another"
    )

    static let answerUnexpected = RelayError(
        .internal,
        reason: "ANSWER_UNEXPECTED",
        message:
            "the gateway answered with something else than was asked; is it of another version?"
    )

    /// Why no connection could be made.
    static func connectFailed(_ address: ServerAddress, _ error: any Error) -> RelayError {
        if let error = error as? RelayError { return error }
        return RelayError(
            .unavailable,
            reason: "CONNECT_FAILED",
            message: "no gateway can be reached at \(address): \(cause(error))"
        )
    }

    private static func cause(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return cause(failure.error) }
            return "the name \(error.host) has no address"
        case let error as IOError:
            return words(error.errnoCode) ?? "\(error)"
        case ChannelError.connectTimeout:
            return "it did not answer in time"
        default:
            return "\(error)"
        }
    }

    private static func words(_ code: CInt) -> String? {
        switch code {
        case ECONNREFUSED: "nothing listens there"
        case ENOENT: "there is no such socket"
        case EACCES, EPERM: "permission denied"
        case EHOSTUNREACH, ENETUNREACH: "the host cannot be reached"
        case ETIMEDOUT: "it did not answer in time"
        default: nil
        }
    }
}
