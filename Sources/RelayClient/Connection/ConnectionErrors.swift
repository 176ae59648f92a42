internal import NIOCore
internal import NIOPosix
internal import NIOSSL

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
            message: "what listens at \(address) does not greet as a relay gateway does; "
                + "is it one, and does it want TLS?"
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
        case is BoringSSLError, is NIOSSLError, is NIOSSLExtraError:
            return tlsCause("\(error)")
        default:
            return "\(error)"
        }
    }

    /// BoringSSL's own words name its source files, and no person's next step.
    private static func tlsCause(_ text: String) -> String {
        let causes = [
            (
                "CERTIFICATE_VERIFY_FAILED",
                "its certificate is vouched for by nobody that is trusted here"
            ),
            ("failedToValidateHostname", "its certificate is for another name"),
            ("CERTIFICATE_REQUIRED", "it wants a certificate of the client"),
            ("WRONG_VERSION_NUMBER", "it does not talk TLS"),
        ]
        for (sign, cause) in causes where text.contains(sign) { return cause }
        return "no TLS connection could be agreed on"
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
