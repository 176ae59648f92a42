/// Whether a node can serve, and why not.
package struct HealthReport: Sendable, Hashable {
    /// One thing that must be well.
    package struct Check: Sendable, Hashable {
        /// What is looked at, such as `postgres`.
        package var name: String
        /// Nil if it is well, else what is wrong, for a person.
        package var problem: String?
        /// Whether the node cannot serve with this problem.
        package var isFatal: Bool

        /// Makes a check.
        package init(_ name: String, problem: String? = nil, isFatal: Bool = true) {
            self.name = name
            self.problem = problem
            self.isFatal = isFatal
        }
    }

    /// The node's name.
    package var node: String
    /// Everything that was looked at.
    package var checks: [Check]

    /// Makes a report.
    package init(node: String, checks: [Check]) {
        self.node = node
        self.checks = checks
    }

    /// Whether calls can be served now.
    package var isReady: Bool { checks.allSatisfy { $0.problem == nil || !$0.isFatal } }
}

/// What a report looks like over HTTP.
struct HealthBody: Encodable, Sendable {
    var status: String
    var node: String
    var checks: [String: String]?

    /// The process lives, whatever else is the matter.
    static func alive(node: String) -> HealthBody {
        HealthBody(status: "ok", node: node, checks: nil)
    }

    static func readiness(_ report: HealthReport) -> HealthBody {
        HealthBody(
            status: report.isReady ? "ready" : "not ready",
            node: report.node,
            checks: Dictionary(
                report.checks.map { ($0.name, $0.problem ?? "ok") },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }
}
