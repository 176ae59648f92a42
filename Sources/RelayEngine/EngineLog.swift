import Logging

extension Logger {
    /// Writes what the machine noted as a line for an operator.
    func record(_ note: EngineNote, instance: String) {
        let (level, message, detail) = note.line
        var metadata: Logger.Metadata = ["instance": "\(instance)"]
        for (key, value) in detail { metadata[key] = "\(value)" }
        log(level: level, "\(message)", metadata: metadata)
    }
}

extension EngineNote {
    fileprivate var line: (Logger.Level, String, [String: String]) {
        switch self {
        case .insertFailed(let why):
            (.warning, "jobs could not be inserted", ["error": why])
        case .claimFailed(let queue, let why):
            (.warning, "jobs could not be claimed; trying again", ["queue": queue, "error": why])
        case .finishFailed(let jobs, let why):
            (
                .warning, "outcomes could not be written; trying again",
                ["jobs": "\(jobs)", "error": why]
            )
        case .readFailed(let why):
            (.warning, "awaited jobs could not be read; trying again", ["error": why])
        case .stageFailed(let why):
            (.warning, "due jobs could not be staged; trying again", ["error": why])
        case .beatFailed(let why):
            (.warning, "the heartbeat failed; trying again", ["error": why])
        case .rescueFailed(let why):
            (.warning, "lost jobs could not be given back; trying again", ["error": why])
        case .pruneFailed(let why):
            (.warning, "old jobs could not be deleted; trying again", ["error": why])
        case .sessionDead(let session):
            (.notice, "a node was lost; its jobs go back", ["session": session])
        case .rescued(let jobs):
            (.notice, "jobs of lost executors were given back", ["jobs": "\(jobs)"])
        case .strays(let jobs):
            (.notice, "claimed jobs that nobody runs are given back", ["jobs": "\(jobs)"])
        case .listenerSick:
            (
                .warning,
                "notifications do not get through; answers are found by polling until they do", [:]
            )
        case .listenerWell:
            (.notice, "notifications get through again", [:])
        case .pruned(let jobs):
            (.debug, "old jobs were deleted", ["jobs": "\(jobs)"])
        case .nodeSeen(let node):
            (.info, "another node is here", ["node": node])
        case .unstorable(let job, let why):
            (
                .error, "the database refuses an outcome; the attempt counts as failed",
                ["job": "\(job)", "error": why]
            )
        }
    }
}
