import RelayCore
import RelayPostgres

/// The heartbeat of a session, and what the register knows of the others.
///
/// The register is `pg_stat_activity`: the connection that beats is named after its session, and each beat shows there
/// by the database's clock. So no table is needed, and a process that is frozen stops beating though its connection
/// stays.
enum Beat {
    /// A session's entry in Oban's register of producers is fresh for this long, in seconds.
    static let producerFreshness = 60

    /// How old `attempted_at` of a job that runs here may become, in seconds.
    static let attemptAge = 30
    /// The most jobs that are renewed with one beat.
    static let renewals = 5_000

    /// Renews `attempted_at` of the jobs that run in this session, the only thing that Oban's rescues look at: Oban for
    /// Python gives back whatever executes since 300 s, whoever runs it (research/oban.md, fact 3).
    ///
    /// A row that somebody has locked is left for the next beat, since a beat must never wait.
    static func renew(_ s: SchemaName) -> String {
        """
        UPDATE "\(s)".oban_jobs j SET attempted_at = timezone('UTC', now())
        FROM (
            SELECT x.id FROM "\(s)".oban_jobs x
            WHERE x.state = 'executing' AND x.attempted_by[2] = $1::text
                AND x.attempted_at < timezone('UTC', now()) - interval '\(attemptAge) seconds'
            LIMIT \(renewals) FOR UPDATE SKIP LOCKED
        ) x
        WHERE j.id = x.id
        """
    }

    /// Entries for the queues that are served, and none for the others, where Oban's register is there.
    static func producers(_ s: SchemaName) -> String {
        """
        WITH i AS (SELECT * FROM unnest($2::text[], $3::int[], $5::bool[]) AS i(queue, slots, paused)),
        gone AS (
            DELETE FROM "\(s)".oban_producers p
            WHERE p.meta->>'relay_session' = $4::text AND NOT EXISTS (SELECT 1 FROM i WHERE i.queue = p.queue)
        ), kept AS (
            UPDATE "\(s)".oban_producers p SET updated_at = timezone('UTC', now()),
                meta = p.meta || jsonb_build_object('local_limit', i.slots, 'paused', i.paused)
            FROM i WHERE p.meta->>'relay_session' = $4::text AND p.queue = i.queue RETURNING p.queue
        )
        INSERT INTO "\(s)".oban_producers (uuid, name, node, queue, meta, started_at, updated_at)
        SELECT gen_random_uuid(), 'Oban', $1::text, i.queue,
            jsonb_build_object('local_limit', i.slots, 'paused', i.paused, 'relay_session', $4::text),
            timezone('UTC', now()), timezone('UTC', now())
        FROM i WHERE NOT EXISTS (SELECT 1 FROM kept WHERE kept.queue = i.queue)
        """
    }

    /// The other sessions that own executing jobs, the attempts of this one, and how many other nodes are connected.
    static func census(_ s: SchemaName, withProducers: Bool) -> String {
        let elsewhere =
            withProducers
            ? """
            SELECT 'elsewhere', p.queue, NULL::bigint, count(*)::bigint, NULL::bool, NULL::double precision
            FROM "\(s)".oban_producers p
            WHERE p.updated_at > timezone('UTC', now()) - interval '\(producerFreshness) seconds'
                AND p.meta->>'relay_session' IS DISTINCT FROM $1::text
            GROUP BY p.queue
            """
            : """
            SELECT 'elsewhere', x.queue, NULL::bigint, count(DISTINCT x.attempted_by[1])::bigint, NULL::bool, NULL::double precision
            FROM executing x WHERE x.attempted_by[2] IS DISTINCT FROM $1::text GROUP BY x.queue
            """
        return """
            WITH executing AS MATERIALIZED (
                SELECT j.id, j.attempt, j.queue, j.attempted_by FROM "\(s)".oban_jobs j WHERE j.state = 'executing'
            ), sessions AS (
                SELECT DISTINCT x.attempted_by[2] AS session FROM executing x
                WHERE x.attempted_by[3] = '\(Session.mark)' AND x.attempted_by[2] <> $1::text
            )
            SELECT 'session', x.session, NULL::bigint, NULL::bigint, a.pid IS NOT NULL,
                extract(epoch FROM clock_timestamp() - greatest(a.query_start, a.state_change))::double precision
            FROM sessions x LEFT JOIN pg_catalog.pg_stat_activity a ON a.application_name = 'relay/' || x.session
            UNION ALL
            SELECT 'own', NULL, x.id, x.attempt, NULL, NULL FROM executing x WHERE x.attempted_by[2] = $1::text
            UNION ALL
            \(elsewhere)
            UNION ALL
            SELECT 'nodes', NULL, NULL, count(DISTINCT a.application_name), NULL, NULL FROM pg_catalog.pg_stat_activity a
            WHERE a.datname = current_database() AND a.application_name LIKE 'relay/%' AND a.application_name <> 'relay/' || $1::text
            """
    }

    static func read(_ rows: PGResult) -> Census {
        var census = Census(sightings: [], own: [], executorsElsewhere: [:], otherNodes: 0)
        for row in 0..<rows.rowCount {
            switch rows.text(row, 0) {
            case "session":
                let silence = rows.text(row, 5).flatMap { Double($0) }
                census.sightings.append(
                    Census.Sighting(
                        session: rows.text(row, 1) ?? "",
                        connected: rows.bool(row, 4) ?? false,
                        silence: silence.map { .milliseconds(Int64(max(0, min($0, 1e9)) * 1_000)) }
                    )
                )
            case "own":
                if let id = rows.int8(row, 2), let attempt = rows.int(row, 3) {
                    census.own.append(AttemptKey(jobID: id, attempt: attempt))
                }
            case "elsewhere":
                if let queue = rows.text(row, 1) {
                    census.executorsElsewhere[queue] = rows.int(row, 3) ?? 0
                }
            default:
                census.otherNodes = rows.int(row, 3) ?? 0
            }
        }
        return census
    }
}
