import RelayCore

/// Decides which sessions are dead, and which jobs of this session nobody here runs.
///
/// Only a session without a connection for a while, or silent for longer than its beats allow, is dead: a single look
/// could fall into the moment of a reconnect.
struct Rescuer {
    private var absentSince: [String: MonotonicTime] = [:]
    private var suspects: [AttemptKey: Suspicion] = [:]

    /// Why an attempt of this session that nobody here knows of is not given back yet.
    private enum Suspicion {
        /// A claim up to this number, which was under way, may have taken it.
        case claim(UInt64)
        /// Nothing explains it; seen once more so, it is a stray.
        case unexplained
    }

    struct Verdict: Equatable {
        var dead: [String] = []
        var strays: [AttemptKey] = []
        /// Somebody is under suspicion: look again soon.
        var lookAgain = false
    }

    /// The claims of this session, by their numbers.
    struct Claims {
        /// The one that began last.
        var latest: UInt64
        /// The oldest one under way; nil if none is.
        var oldestUnderWay: UInt64?
    }

    /// Judges a census; `knows` says whether an attempt of this session is known here.
    mutating func judge(
        _ census: Census,
        silence: Duration,
        absence: Duration,
        now: MonotonicTime,
        claims: Claims,
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

        judgeOwn(census.own.filter { !knows($0) }, claims, &verdict)
        return verdict
    }

    private mutating func judgeOwn(
        _ unknown: [AttemptKey],
        _ claims: Claims,
        _ verdict: inout Verdict
    ) {
        var suspects: [AttemptKey: Suspicion] = [:]
        for key in unknown {
            switch self.suspects[key] {
            case nil:
                suspects[key] =
                    claims.oldestUnderWay == nil ? .unexplained : .claim(claims.latest)
            case .claim(let number):
                let isUnderWay = claims.oldestUnderWay.map { $0 <= number } ?? false
                suspects[key] = isUnderWay ? .claim(number) : .unexplained
            case .unexplained:
                verdict.strays.append(key)
            }
        }
        self.suspects = suspects
        if !suspects.isEmpty { verdict.lookAgain = true }
    }

    /// The register could not be read: what was seen before proves nothing now.
    mutating func lostSight() {
        absentSince = [:]
        suspects = [:]
    }
}
