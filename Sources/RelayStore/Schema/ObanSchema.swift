/// Our own schema: Oban for Elixir's version 14 as it stands after its migrations, with its version comment, and what
/// Oban for Python 0.7 needs besides; so that nodes of both can join later without surgery (research/oban.md §1).
enum ObanSchema {
    /// The version that Elixir's migrator reads from the table's comment.
    static let version = "14"

    static func sql(_ s: SchemaName, withGIN: Bool) -> String {
        let gin =
            withGIN
            ? """
            CREATE INDEX IF NOT EXISTS oban_jobs_args_index ON "\(s)".oban_jobs USING gin (args);
            CREATE INDEX IF NOT EXISTS oban_jobs_meta_index ON "\(s)".oban_jobs USING gin (meta);
            """ : ""
        return """
            CREATE SCHEMA IF NOT EXISTS "\(s)";
            CREATE TYPE "\(s)".oban_job_state AS ENUM ('available', 'suspended', 'scheduled', 'executing',
                'retryable', 'completed', 'discarded', 'cancelled');
            CREATE TABLE "\(s)".oban_jobs (
                id bigserial PRIMARY KEY,
                state "\(s)".oban_job_state NOT NULL DEFAULT 'available',
                queue text NOT NULL DEFAULT 'default',
                worker text NOT NULL,
                args jsonb NOT NULL DEFAULT '{}',
                errors jsonb[] NOT NULL DEFAULT ARRAY[]::jsonb[],
                attempt integer NOT NULL DEFAULT 0,
                max_attempts integer NOT NULL DEFAULT 20,
                inserted_at timestamp without time zone NOT NULL DEFAULT timezone('UTC', now()),
                scheduled_at timestamp without time zone NOT NULL DEFAULT timezone('UTC', now()),
                attempted_at timestamp without time zone,
                completed_at timestamp without time zone,
                attempted_by text[],
                discarded_at timestamp without time zone,
                priority integer NOT NULL DEFAULT 0,
                tags text[] DEFAULT ARRAY[]::text[],
                meta jsonb DEFAULT '{}',
                cancelled_at timestamp without time zone,
                CONSTRAINT worker_length CHECK (char_length(worker) > 0 AND char_length(worker) < 128),
                CONSTRAINT queue_length CHECK (char_length(queue) > 0 AND char_length(queue) < 128),
                CONSTRAINT positive_max_attempts CHECK (max_attempts > 0),
                CONSTRAINT attempt_range CHECK (attempt >= 0 AND attempt <= max_attempts),
                CONSTRAINT non_negative_priority CHECK (priority >= 0)
            ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
            CREATE INDEX oban_jobs_state_queue_priority_scheduled_at_id_index
                ON "\(s)".oban_jobs (state, queue, priority, scheduled_at, id);
            CREATE INDEX oban_jobs_state_cancelled_at_index ON "\(s)".oban_jobs (state, cancelled_at);
            CREATE INDEX oban_jobs_state_discarded_at_index ON "\(s)".oban_jobs (state, discarded_at);
            CREATE INDEX oban_jobs_staging_index ON "\(s)".oban_jobs (scheduled_at, id) INCLUDE (queue)
                WHERE state IN ('scheduled', 'retryable');
            COMMENT ON TABLE "\(s)".oban_jobs IS '\(version)';
            \(gin)
            CREATE UNLOGGED TABLE "\(s)".oban_peers (
                name text PRIMARY KEY,
                node text NOT NULL,
                started_at timestamp without time zone NOT NULL,
                expires_at timestamp without time zone NOT NULL
            );
            CREATE UNLOGGED TABLE "\(s)".oban_leaders (
                name text PRIMARY KEY DEFAULT 'oban',
                node text NOT NULL,
                elected_at timestamp without time zone NOT NULL,
                expires_at timestamp without time zone NOT NULL
            );
            CREATE UNLOGGED TABLE "\(s)".oban_producers (
                uuid uuid PRIMARY KEY,
                name text NOT NULL DEFAULT 'oban',
                node text NOT NULL,
                queue text NOT NULL,
                meta jsonb NOT NULL DEFAULT '{}',
                started_at timestamp without time zone NOT NULL DEFAULT timezone('UTC', now()),
                updated_at timestamp without time zone NOT NULL DEFAULT timezone('UTC', now())
            );
            """
    }
}
