package import RelayCore

extension JobTable {
    /// How long a session's entry counts for its queues' executors, in microseconds.
    private static let freshness: Int64 = 60_000_000

    /// A session says that it lives; answers what is known of the others.
    package mutating func beat(_ beat: SessionBeat, session: String) -> Census {
        sessions[session] = SessionEntry(
            connected: !beat.leaving,
            lastBeat: clock,
            queues: beat.leaving ? [:] : beat.queues
        )
        let executing = rows(in: .executing)
        let owners = Set(executing.compactMap(\.session)).subtracting([session])
        let sightings = owners.sorted().map { owner in
            Census.Sighting(
                session: owner,
                connected: sessions[owner]?.connected == true,
                silence: sessions[owner].map { .microseconds(clock - $0.lastBeat) }
            )
        }
        var elsewhere: [String: Int] = [:]
        let others = sessions.filter { $0.key != session }
        for entry in others.values where clock - entry.lastBeat <= Self.freshness {
            for queue in entry.queues.keys { elsewhere[queue, default: 0] += 1 }
        }
        return Census(
            sightings: sightings,
            own: executing.filter { $0.session == session }
                .map { AttemptKey(jobID: $0.id, attempt: $0.attempt) }
                .sorted { $0.jobID < $1.jobID },
            executorsElsewhere: elsewhere,
            otherNodes: others.values.filter(\.connected).count
        )
    }

    /// Gives back the jobs of dead sessions, and strays of the session itself.
    package mutating func rescue(_ request: RescueRequest, session: String) -> [RescuedJob] {
        let strays = Set(request.strays)
        let lost = rows(in: .executing).filter { row in
            guard let owner = row.session else { return false }
            return request.sessions.contains(owner)
                || (owner == session
                    && strays.contains(AttemptKey(jobID: row.id, attempt: row.attempt)))
        }.sorted { $0.id < $1.id }
        let now = clock
        return lost.compactMap { row in
            change(row.id) { $0.handBack(request.reason, now: now) }
            return rows[row.id].map { RescuedJob(snapshot: $0.snapshot) }
        }
    }

    /// Deletes finished jobs past their retention.
    package mutating func prune(olderThan retention: Duration, limit: Int) -> Int {
        let horizon = clock - retention.wholeMicroseconds
        let old = rows(in: .completed, .discarded, .cancelled).filter {
            ($0.finishedAt ?? clock) < horizon
        }.sorted { $0.id < $1.id }.prefix(limit)
        for row in old { delete(row.id) }
        for (key, entry) in keys where entry.insertedAt < horizon { keys[key] = nil }
        return old.count
    }
}
