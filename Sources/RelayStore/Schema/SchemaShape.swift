/// What a schema was found to have; the same SQL works on all shapes, but for what is not there.
package struct SchemaShape: Sendable, Hashable {
    /// Whose the jobs table is.
    package enum Origin: Sendable, Hashable { case relay, elixir(version: String), python, unknown }

    /// Whose it is; nil if there is none.
    package var origin: Origin?
    /// The table of idempotency keys is there.
    package var hasKeys: Bool
    /// The table of outcomes is there.
    package var hasOutcomes: Bool
    /// The functions beside it are those of this version.
    package var observesAsNow: Bool
    /// Oban's register of producers is there.
    package var hasProducers: Bool
    /// The columns of `oban_jobs` that are missing.
    package var missingColumns: [String]

    /// The columns that we read and write.
    static let columns = [
        "id", "state", "queue", "worker", "args", "errors", "attempt", "max_attempts",
        "inserted_at", "scheduled_at",
        "attempted_at", "completed_at", "attempted_by", "discarded_at", "priority", "tags", "meta",
        "cancelled_at",
    ]

    /// Reads the shape; `$1` is the schema, `$2` the columns.
    static let sql = """
        SELECT t.oid IS NOT NULL,
            obj_description(t.oid, 'pg_class'),
            obj_description(to_regclass(format('%I.relay_keys', $1::text)), 'pg_class'),
            to_regclass(format('%I.relay_keys', $1::text)) IS NOT NULL,
            to_regclass(format('%I.relay_outcomes', $1::text)) IS NOT NULL,
            obj_description(to_regprocedure(format('%I.relay_observe()', $1::text)), 'pg_proc'),
            to_regclass(format('%I.oban_producers', $1::text)) IS NOT NULL,
            to_regclass(format('%I.oban_peers', $1::text)) IS NOT NULL,
            (SELECT string_agg(c, ',') FROM unnest($2::text[]) c WHERE NOT EXISTS (
                SELECT 1 FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = t.oid AND a.attname = c AND NOT a.attisdropped))
        FROM (SELECT to_regclass(format('%I.oban_jobs', $1::text)) AS oid) t
        """

    init(
        exists: Bool,
        comment: String?,
        mark: String?,
        keys: Bool,
        outcomes: Bool,
        observer: String?,
        producers: Bool,
        peers: Bool,
        missing: String?
    ) {
        hasKeys = keys
        hasOutcomes = outcomes
        observesAsNow = observer == RelaySchema.observeVersion
        hasProducers = producers
        missingColumns =
            exists ? missing.map { $0.split(separator: ",").map(String.init) } ?? [] : []
        guard exists else {
            origin = nil
            return
        }
        if mark == RelaySchema.mark {
            origin = .relay
        } else if let comment, peers {
            origin = .elixir(version: comment)
        } else if producers {
            origin = .python
        } else {
            origin = .unknown
        }
    }
}
