/// Whoever is on the other side of a connection, and what it may do: whatever no grant names is denied.
package struct Principal: Sendable, Hashable {
    /// A name for logs.
    package var name: String
    private let grants: [Grant]

    /// Makes one.
    package init(name: String, grants: [Grant]) {
        self.name = name
        self.grants = grants
    }

    /// Somebody who may do everything, since nobody was asked who it is.
    package static let anybody = Principal(name: "anybody", grants: [.everything])

    /// Somebody who may do nothing.
    package static let nobody = Principal(name: "nobody", grants: [])

    /// Whether it may know that the instance is there.
    package func knows(_ instance: String) -> Bool {
        grants.contains { $0.instance.matches(instance) }
    }

    /// Whether it may do that for some queue and worker of the instance.
    package func may(_ verb: Grant.Verb, in instance: String) -> Bool {
        grants.contains { $0.verbs.contains(verb) && $0.instance.matches(instance) }
    }

    /// Whether it may insert such a job.
    package func maySubmit(_ job: NewJob, to instance: String) -> Bool {
        grants.contains {
            $0.verbs.contains(.submit) && $0.instance.matches(instance)
                && $0.queue.matches(job.queue) && $0.worker.matches(job.worker)
        }
    }

    /// Whether it may be given the jobs of the queue.
    package func mayWork(on queue: String, of instance: String) -> Bool {
        grants.contains {
            $0.verbs.contains(.work) && $0.instance.matches(instance) && $0.queue.matches(queue)
        }
    }
}

extension RelayError {
    /// What somebody is told who lacks a grant.
    ///
    /// - Parameters:
    ///   - what: What was refused, for a person.
    ///   - grant: The text of a grant that would allow it.
    /// - Returns: `PERMISSION_DENIED`, `GRANT_MISSING`.
    package static func denied(_ what: String, needs grant: String) -> RelayError {
        RelayError(
            .permissionDenied,
            reason: "GRANT_MISSING",
            message: "\(what): this token has no grant for it; it needs `\(grant)`"
        )
    }
}
