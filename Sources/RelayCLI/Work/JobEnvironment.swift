internal import RelayClient

/// How a program learns of its job besides the arguments on its stdin.
enum JobEnvironment {
    /// The most bytes of a variable; one that is longer is left out, since the kernel refuses it.
    static let maxBytes = 64 * 1024

    /// The variables of an attempt.
    static func variables(_ job: ClaimedJob) -> [String: String] {
        var variables = [
            "RELAY_JOB_ID": "\(job.id)",
            "RELAY_WORKER": job.worker,
            "RELAY_QUEUE": job.queue,
            "RELAY_ATTEMPT": "\(job.attempt)",
            "RELAY_MAX_ATTEMPTS": "\(job.maxAttempts)",
            "RELAY_META": job.meta,
            "RELAY_TAGS": job.tags.joined(separator: ","),
        ]
        if let trace = job.traceparent { variables["TRACEPARENT"] = trace }
        return variables.filter { $0.value.utf8.count <= maxBytes && !$0.value.utf8.contains(0) }
    }
}
