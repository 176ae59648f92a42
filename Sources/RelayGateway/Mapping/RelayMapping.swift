internal import RelayCore
internal import RelayMessages

/// Relays, as callers hold them.
enum RelayMapping {
    /// What a caller's relay says.
    enum Reading {
        case handle(RelayHandle)
        /// It names a job, but nobody was ever given such a ref: to the caller, an unknown job.
        case unknown
    }

    /// Reads a relay; nil if it is missing or names no job, which `violations` then says.
    static func read(
        _ wire: Wire.Relay?,
        path: String,
        violations: inout Violations
    ) -> Reading? {
        guard let wire else {
            violations.add(path, "must be set")
            return nil
        }
        guard wire.jobID > 0 else {
            violations.add("\(path).job_id", "must be more than 0")
            return nil
        }
        guard let ref = RelayRef(bytes: wire.ref) else { return .unknown }
        return .handle(
            RelayHandle(
                jobID: wire.jobID,
                ref: ref,
                instance: EngineDirectory.name(wire.instance),
                duplicate: wire.duplicate
            )
        )
    }

    static func wire(_ handle: RelayHandle) -> Wire.Relay {
        var wire = Wire.Relay()
        wire.jobID = handle.jobID
        wire.ref = handle.ref.bytes
        wire.instance = handle.instance
        wire.duplicate = handle.duplicate
        return wire
    }

    static let refUnknown = RelayError(
        .notFound,
        reason: "REF_UNKNOWN",
        message: "no such job: it was pruned, or the relay is not of this instance"
    )

    /// The answer to a relay that nobody was ever given.
    static func notFound(_ relay: Wire.Relay) -> Wire.AwaitResult {
        var failure = Wire.Failure()
        failure.reason = .notFound
        failure.message = refUnknown.message
        var result = Wire.AwaitResult()
        result.relay = relay
        result.outcome = .error(failure)
        return result
    }
}
