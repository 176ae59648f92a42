internal import RelayCore

/// Gathers everything that is wrong with a request, so that its sender learns all of it at once.
struct Violations {
    private let limit: Int
    private var found: [RelayError.FieldViolation] = []
    private var total = 0

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { total == 0 }

    mutating func add(_ field: String, _ reason: String) {
        add([RelayError.FieldViolation(field: field, reason: reason)])
    }

    mutating func add(_ violations: [RelayError.FieldViolation]) {
        total += violations.count
        found += violations.prefix(max(0, limit - found.count))
    }

    /// Throws `INVALID_ARGUMENT` if anything is wrong.
    func check() throws(RelayError) {
        guard total > 0 else { return }
        let more = total > found.count ? ", of which the first \(found.count) are named" : ""
        throw RelayError(
            .invalidArgument,
            reason: "REQUEST_INVALID",
            message:
                "\(total) \(total == 1 ? "field is not as it" : "fields are not as they") must be\(more)",
            violations: found
        )
    }
}
