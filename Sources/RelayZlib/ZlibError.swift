/// Why bytes could not be inflated or deflated.
package enum ZlibError: Error, Sendable, Hashable {
    /// The output is over the limit.
    case tooLarge
    /// The input is not exactly one zlib stream: damaged, cut short, empty, followed by more, or
    /// made with a preset dictionary.
    case malformed
    /// zlib found no memory.
    case memory
}

extension ZlibError: CustomStringConvertible {
    /// What a person is told.
    package var description: String {
        switch self {
        case .tooLarge: "the data is over the limit after inflating"
        case .malformed: "the data is not one complete zlib stream"
        case .memory: "no memory for zlib"
        }
    }
}
