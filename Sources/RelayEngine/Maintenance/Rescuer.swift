import RelayCore

/// Decides which sessions are dead, and which jobs of this session nobody here runs.
///
/// Only a session without a connection for a while, or silent for longer than its beats allow, is dead: a single look
/// could fall into the moment of a reconnect.
struct Rescuer {
    private var absentSince: [String: MonotonicTime] = [:]
    private var suspectedStrays: Set<AttemptKey> = []

    struct Verdict: Equatable {
        var dead: [String] = []
        var strays: [AttemptKey] = []
        /// Somebody is under suspicion: look again soon.
        var lookAgain = false
    }

    /// Judges a census; `knows` says whether an attempt of this session is known here, or may be since a claim is
    /// under way.
    mutating func judge(
        _ census: Census,
        silence: Duration,
        absence: Duration,
        now: MonotonicTime,
        knows: (AttemptKey) -> Bool
    ) -> Verdict {
        var verdict = Verdict()
        var absent: [String: MonotonicTime] = [:]
        for sighting in census.sightings {
            if sighting.connected {
                if let quiet = sighting.silence, quiet > silence {
                    verdict.dead.append(sighting.session)
                }
                continue
            }
            let since = absentSince[sighting.session] ?? now
            if now - since >= absence {
                verdict.dead.append(sighting.session)
            } else {
                absent[sighting.session] = since
                verdict.lookAgain = true
            }
        }
        absentSince = absent

        let unknown = Set(census.own.filter { !knows($0) })
        verdict.strays = unknown.intersection(suspectedStrays).sorted { $0.jobID < $1.jobID }
        suspectedStrays = unknown.subtracting(verdict.strays)
        if !suspectedStrays.isEmpty { verdict.lookAgain = true }
        return verdict
    }

    /// The register could not be read: what was seen before proves nothing now.
    mutating func lostSight() {
        absentSince = [:]
        suspectedStrays = []
    }
}
