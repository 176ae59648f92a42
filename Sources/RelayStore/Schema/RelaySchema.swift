/// What is ours: the idempotency keys, and the outcomes that outlive their rows.
///
/// Both are part of our own schema, and
/// opt-in on one made by Oban.
enum RelaySchema {
    /// How we know our own schema again.
    static let mark = "made by relay"

    /// The table of idempotency keys.
    static func keys(_ s: SchemaName) -> String {
        """
        CREATE TABLE IF NOT EXISTS "\(s)".relay_keys (
            key text PRIMARY KEY CHECK (octet_length(key) BETWEEN 1 AND 255),
            job_id bigint NOT NULL,
            ref text NOT NULL,
            -- Of worker and args. NOT NULL is what stops an insert whose key belongs to another job.
            fingerprint bytea NOT NULL,
            inserted_at timestamp without time zone NOT NULL DEFAULT timezone('UTC', now())
        );
        CREATE INDEX IF NOT EXISTS relay_keys_inserted_at_index ON "\(s)".relay_keys (inserted_at);
        """
    }

    /// The outcomes of relayed jobs: written in the transaction in which an Oban node acknowledges one, or in which
    /// anybody deletes one that has ended, so that no pruner outruns an answer.
    ///
    /// The functions are total: whatever goes wrong in them, the fleet's own statement goes on. They run with their
    /// owner's rights, since the fleet's role may have none on our table. What a trigger asks first is short: Postgres
    /// reads that text anew for each statement of the fleet.
    static func observe(_ s: SchemaName) -> String {
        """
        CREATE TABLE IF NOT EXISTS "\(s)".relay_outcomes (
            job_id bigint PRIMARY KEY,
            state text NOT NULL,
            queue text NOT NULL,
            attempt integer NOT NULL,
            meta jsonb NOT NULL,
            error jsonb,
            at timestamp without time zone NOT NULL DEFAULT timezone('UTC', now())
        );
        CREATE INDEX IF NOT EXISTS relay_outcomes_at_index ON "\(s)".relay_outcomes (at);
        CREATE OR REPLACE FUNCTION "\(s)".relay_observe() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path = pg_catalog AS $relay$
        DECLARE
            job "\(s)".oban_jobs;
        BEGIN
            IF TG_OP = 'DELETE' THEN
                job := OLD;
            ELSIF NEW.state NOT IN ('completed', 'cancelled', 'discarded', 'retryable', 'scheduled') THEN
                RETURN NULL;
            ELSE
                job := NEW;
            END IF;
            INSERT INTO "\(s)".relay_outcomes AS o (job_id, state, queue, attempt, meta, error)
            VALUES (job.id, job.state::text, job.queue, job.attempt, coalesce(job.meta, '{}'),
                to_jsonb(job.errors) -> -1)
            ON CONFLICT (job_id) DO UPDATE SET state = excluded.state, attempt = excluded.attempt,
                meta = excluded.meta, error = excluded.error, at = excluded.at;
            -- A queue of notifications that is full would undo the fleet's commit; the sweep finds the job all the same.
            IF TG_OP = 'UPDATE' AND pg_notification_queue_usage() < 0.5 THEN
                PERFORM pg_notify('\(Channels(s).relay)', '\(RelayPayload.triggerMark) ' || job.id);
            END IF;
            RETURN NULL;
        EXCEPTION WHEN OTHERS THEN
            RETURN NULL;
        END
        $relay$;
        DROP TRIGGER IF EXISTS relay_observe_update ON "\(s)".oban_jobs;
        CREATE TRIGGER relay_observe_update AFTER UPDATE OF state ON "\(s)".oban_jobs FOR EACH ROW
            WHEN (OLD.state = 'executing' AND NEW.meta ? 'relay' AND NEW.attempted_by[3] IS DISTINCT FROM 'relay')
            EXECUTE FUNCTION "\(s)".relay_observe();
        DROP TRIGGER IF EXISTS relay_observe_delete ON "\(s)".oban_jobs;
        CREATE TRIGGER relay_observe_delete AFTER DELETE ON "\(s)".oban_jobs FOR EACH ROW
            WHEN (OLD.state IN ('completed', 'cancelled', 'discarded') AND OLD.meta ? 'relay'
                AND current_setting('relay.pruning', true) IS DISTINCT FROM 'on')
            EXECUTE FUNCTION "\(s)".relay_observe();
        COMMENT ON FUNCTION "\(s)".relay_observe() IS '\(observeVersion)';
        \(async(s))
        """
    }

    /// What the comment of the observing function says; another one means that it has to be made again.
    static let observeVersion = "relay 2"

    /// A function with which any language inserts a job in its own transaction, and gets the relay to await after the
    /// commit.
    private static func async(_ s: SchemaName) -> String {
        """
        CREATE OR REPLACE FUNCTION "\(s)".relay_async(
            worker text,
            args jsonb DEFAULT '{}',
            queue text DEFAULT 'default',
            priority integer DEFAULT 0,
            max_attempts integer DEFAULT 20,
            schedule_in interval DEFAULT '0',
            tags text[] DEFAULT '{}',
            meta jsonb DEFAULT '{}',
            wake boolean DEFAULT true
        ) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $relay$
        DECLARE
            chance bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
            ref text := rtrim(translate(encode(substring(chance FROM 1 FOR 16), 'base64'), '+/', '-_'), '=');
            job bigint;
        BEGIN
            IF jsonb_typeof(args) IS DISTINCT FROM 'object' OR jsonb_typeof(meta) IS DISTINCT FROM 'object' THEN
                RAISE EXCEPTION 'relay_async: args and meta must be JSON objects' USING ERRCODE = '22023';
            END IF;
            IF priority NOT BETWEEN 0 AND 9 THEN
                RAISE EXCEPTION 'relay_async: priority must be 0 to 9' USING ERRCODE = '22023';
            END IF;
            INSERT INTO "\(s)".oban_jobs (state, queue, worker, args, priority, max_attempts, tags, meta, scheduled_at)
            VALUES ((CASE WHEN schedule_in > '0' THEN 'scheduled' ELSE 'available' END)::"\(s)".oban_job_state,
                queue, worker, args, priority, max_attempts, tags, meta || jsonb_build_object('relay', ref),
                timezone('UTC', now()) + greatest(schedule_in, '0'))
            RETURNING id INTO job;
            -- Wakes whoever runs the queue, at the commit; with `wake` off the next poll finds the job, within a second.
            IF wake AND schedule_in <= '0' THEN
                PERFORM pg_notify('\(Channels(s).insert)', json_build_object('queue', queue)::text);
            END IF;
            RETURN job || '/' || ref;
        END
        $relay$;
        COMMENT ON FUNCTION "\(s)".relay_async IS
            'Inserts a job in this transaction; the text that it returns is the relay to await after the commit.';
        """
    }
}
