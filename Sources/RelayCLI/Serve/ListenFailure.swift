internal import NIOCore
internal import RelayGateway

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Why an address cannot be listened on, for a person.
enum ListenFailure {
    /// The error in words that name the address and the option; any other error as it is.
    static func explained(
        _ error: any Error,
        _ addresses: [ListenAddress],
        option: String
    ) -> any Error {
        guard let error = error as? IOError else { return error }
        let place = addresses.map(\.description).joined(separator: " or ")
        let why =
            switch error.errnoCode {
            case EADDRINUSE:
                "something listens there already; stop it, or name another with --\(option)"
            case EACCES, EPERM: "permission denied; name another with --\(option)"
            case EADDRNOTAVAIL: "this machine has no such address; name another with --\(option)"
            default: "\(error)"
            }
        return CommandError.unavailable("cannot listen on \(place): \(why)")
    }
}
