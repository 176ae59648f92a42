/// What `async` returns: which job, in which instance, and the ref that allows awaiting it from anywhere.
///
/// Named a handle, not a relay, since a type named like the module `Relay` would hide it.
public struct RelayHandle: Sendable, Hashable {
    /// The job's number in the table.
    public var jobID: Int64
    /// The capability to await and to cancel the job.
    public var ref: RelayRef
    /// The named instance that holds the job.
    public var instance: String
    /// Whether an existing job was returned instead of a new one.
    public var duplicate: Bool

    /// Makes a handle.
    public init(
        jobID: Int64,
        ref: RelayRef,
        instance: String = RelayHandle.defaultInstance,
        duplicate: Bool = false
    ) {
        self.jobID = jobID
        self.ref = ref
        self.instance = instance
        self.duplicate = duplicate
    }

    /// The instance that is meant where none is named.
    public static let defaultInstance = "default"

    /// Reads the text form `INSTANCE/JOB_ID/REF`, where `default/` may be left out; nil if it is not one.
    public init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count),
            let jobID = Int64(parts[parts.count - 2]), jobID > 0,
            let ref = RelayRef(base64URL: parts[parts.count - 1])
        else { return nil }
        let instance = parts.count == 3 ? String(parts[0]) : Self.defaultInstance
        guard !instance.isEmpty else { return nil }
        self.init(jobID: jobID, ref: ref, instance: instance)
    }

    /// The text form; it holds the ref, so it is a secret.
    public var text: String {
        let short = "\(jobID)/\(ref.base64URL)"
        return instance == Self.defaultInstance ? short : "\(instance)/\(short)"
    }
}
