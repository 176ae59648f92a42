package import RelayCore
package import RelayMessages

extension Wire.Status {
    /// The Status that ends a call well.
    package static let ok = Wire.Status()

    /// The Status of a call that its caller left.
    package static let abandoned = Wire.Status(
        code: StatusCode.cancelled.rawValue,
        message: "the call was abandoned by its caller",
        reason: "ABANDONED"
    )

    /// The Status that says an error.
    package init(_ error: RelayError) {
        self.init(
            code: error.code.rawValue,
            message: error.message,
            violations: error.violations.map { .init(field: $0.field, reason: $0.reason) },
            reason: error.reason,
            retryAfter: error.retryAfter.map { Wire.Duration($0) }
        )
    }
}

extension RelayError {
    /// The error that a Status says; a code that is not known is `unknown`.
    package init(_ status: Wire.Status) {
        self.init(
            StatusCode(rawValue: status.code) ?? .unknown,
            reason: status.reason,
            message: status.message,
            violations: status.violations.map { .init(field: $0.field, reason: $0.reason) },
            retryAfter: status.retryAfter.flatMap { $0.wholeDuration }
        )
    }
}
