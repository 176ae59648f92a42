/// Why a call could not be carried out: a code that programs act on, words for people, and what to mend.
///
/// Safe to show: it never holds SQL, refs, tokens or payloads.
public struct RelayError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One field of a request and what is wrong with it.
    public struct FieldViolation: Sendable, Hashable {
        /// The path of the field, such as `jobs[3].queue`.
        public var field: String
        /// What is wrong with it.
        public var reason: String

        /// Makes a violation.
        public init(field: String, reason: String) {
            self.field = field
            self.reason = reason
        }
    }

    /// The canonical code.
    public var code: StatusCode
    /// A stable word for programs, in upper snake case, such as `KEY_CONFLICT`.
    public var reason: String
    /// What happened and what to do, for a person.
    public var message: String
    /// Every field that is wrong.
    public var violations: [FieldViolation]
    /// When to try again, where that helps.
    public var retryAfter: Duration?

    /// Makes an error.
    public init(
        _ code: StatusCode,
        reason: String,
        message: String,
        violations: [FieldViolation] = [],
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.violations = violations
        self.retryAfter = retryAfter
    }

    /// The message with its violations, on one line.
    public var description: String {
        let fields = violations.map { "\($0.field): \($0.reason)" }.joined(separator: "; ")
        return fields.isEmpty ? "\(message) (\(reason))" : "\(message): \(fields) (\(reason))"
    }
}
