internal import RelayClient

/// How the program ends, as scripts see it.
enum ProgramStatus: Int32, Sendable {
    case ok = 0
    /// The job failed.
    case failed = 1
    /// The request cannot work as it is: a wrong option, a wrong argument, a missing permission.
    case usage = 2
    /// The wait ended before the job did.
    case timedOut = 3
    /// The gateway, or what it needs, cannot be reached now.
    case unavailable = 4
}

/// Why the program ends: one line for a person, which says what to do.
struct CommandError: Error, Sendable, Equatable {
    var status: ProgramStatus
    var message: String

    /// The request cannot work as it is.
    static func usage(_ message: String) -> CommandError {
        CommandError(status: .usage, message: message)
    }

    /// Something that is needed cannot be reached now.
    static func unavailable(_ message: String) -> CommandError {
        CommandError(status: .unavailable, message: message)
    }
}

extension CommandError {
    /// What an error means to the program; `hint` is said where no gateway answers.
    init(_ error: any Error, unavailableHint hint: String? = nil) {
        switch error {
        case let error as CommandError:
            self = error
        case let error as RelayError:
            self.init(error, hint: hint)
        case let error as Failure:
            self.init(status: .failed, message: FailureText.line(error))
        case is CancellationError:
            self.init(status: .unavailable, message: "interrupted")
        default:
            self.init(status: .unavailable, message: OneLine.text("\(error)"))
        }
    }

    private init(_ error: RelayError, hint: String?) {
        status =
            switch error.code {
            case .invalidArgument, .outOfRange, .unauthenticated, .permissionDenied, .notFound,
                .alreadyExists, .failedPrecondition, .unimplemented:
                .usage
            case .ok, .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted,
                .internal, .unavailable, .dataLoss:
                .unavailable
            }
        let text = OneLine.text(error.description)
        let wantsHint = error.code == .unavailable && error.reason == "CONNECT_FAILED"
        if wantsHint, let hint {
            message = "\(text); \(hint)"
        } else {
            message = text
        }
    }
}
