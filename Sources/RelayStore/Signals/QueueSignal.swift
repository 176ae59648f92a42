package import RelayCore
package import RelayPostgres

/// An operator's word to whoever runs a queue, on the channel where Oban's nodes hear it too.
package enum QueueSignal {
    /// What sends it; all nodes of the schema are meant.
    ///
    /// It is a notification, so a node that cannot hear now never learns of it.
    package static func unit(
        _ control: QueueControl,
        queue: String,
        schema: SchemaName
    ) -> PGUnit {
        PGUnit(
            "SELECT pg_notify($1::text, $2::text)",
            [.text(Channels(schema).signal), .text(ObanPayload.control(control, queue: queue))]
        )
    }
}
