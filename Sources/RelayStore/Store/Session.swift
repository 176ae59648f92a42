import FoundationEssentials

/// Who claims: a node's name, and a number that no other run of it has.
package struct Session: Sendable, Hashable {
    /// The node's name.
    package let node: String
    /// A UUID, the second element of `attempted_by` as in Oban.
    package let id: String

    /// Makes a session with a number of its own.
    package init(node: String) {
        self.node = node
        id = UUID().uuidString.lowercased()
    }

    /// The third element of `attempted_by`: marks sessions whose liveness is told by their heartbeat connection.
    static let mark = "relay"

    /// What the heartbeat connection is called in `pg_stat_activity`.
    var applicationName: String { "relay/\(id)" }
}
