internal import RelayEngine
public import RelayCore

/// What a handler knows of its attempt besides the arguments.
public struct JobContext: Sendable {
    /// The attempt: ids, counts, queue, metadata.
    public let job: ClaimedJob
    private let report: @Sendable (RelayValue) -> Void

    package init(job: ClaimedJob, report: @escaping @Sendable (RelayValue) -> Void) {
        self.job = job
        self.report = report
    }

    /// The arguments, decoded.
    ///
    /// - Throws: what the type's `init(from:)` throws.
    public func decodeArgs<Args: Decodable>(_ type: Args.Type) throws -> Args {
        try JSONCoding.decode(type, from: job.args)
    }

    /// Tells waiters that asked for it how far the job is; best effort, at most 4 KB.
    public func progress(_ value: RelayValue) {
        report(value)
    }

    /// Tells waiters that asked for it how far the job is, as JSON; best effort, at most 4 KB.
    ///
    /// - Throws: what the value's `encode(to:)` throws.
    public func progress(_ value: some Encodable) throws {
        report(try JSONCoding.encode(value))
    }
}
