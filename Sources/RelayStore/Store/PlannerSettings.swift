/// What the planner may choose from, for each role of a connection.
///
/// A prepared statement keeps the plan that it was given first, and at a new table's first jobs the planner takes
/// every table to be a page long: it then compares each row with each member of a batch, or sorts all that waits, until
/// the next ANALYZE, a minute and a hundred thousand jobs later. Without those choices the plan fits any size.
enum PlannerSettings {
    /// For statements that join a batch with the rows that it names: by the primary key, and one hash.
    static let batches = [
        "enable_nestloop": "off", "enable_mergejoin": "off", "enable_seqscan": "off",
    ]
    /// For claims: rows in the index's own order, never sorted.
    static let claims = batches.merging(
        ["enable_sort": "off", "enable_incremental_sort": "off", "enable_bitmapscan": "off"]
    ) { $1 }
    /// For statements that run now and then: planned each time for the table as it is.
    ///
    /// They look through states that most rows have left, and only a plain index scan marks the entries left behind as
    /// dead for the next one.
    static let upkeep = ["plan_cache_mode": "force_custom_plan", "enable_bitmapscan": "off"]
}
