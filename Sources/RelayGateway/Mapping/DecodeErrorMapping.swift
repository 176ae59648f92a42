internal import RelayCore
internal import RelayMessages

extension DecodeError {
    /// Whether the frame's bytes were protobuf, so that only its call is at fault, not the
    /// connection.
    var isCallError: Bool {
        guard callID != nil else { return false }
        return switch code {
        case .unknownEnum, .invalidText, .tooManyFields, .memory: true
        case .malformed, .tooDeep, .duplicateField: false
        }
    }

    /// What the Status of the call says.
    var relayError: RelayError {
        let path = requestPath
        return switch code {
        case .tooManyFields, .memory:
            RelayError(
                .resourceExhausted,
                reason: "REQUEST_TOO_LARGE",
                message: path.isEmpty ? "the request \(reason)" : "\(path): \(reason)"
            )
        case .malformed, .tooDeep, .unknownEnum, .invalidText, .duplicateField:
            RelayError(
                .invalidArgument,
                reason: "REQUEST_INVALID",
                message: "1 field is not as it must be",
                violations: [.init(field: path, reason: reason)]
            )
        }
    }

    /// The field within the request, as other violations name it: without the frame's own member.
    private var requestPath: String {
        guard let dot = field.firstIndex(of: ".") else { return field }
        return String(field[field.index(after: dot)...])
    }
}
