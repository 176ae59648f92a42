/// The channels of a schema.
struct Channels {
    private let schema: SchemaName

    init(_ schema: SchemaName) { self.schema = schema }

    /// Oban's: queues have jobs.
    var insert: String { "\(schema).oban_insert" }
    /// Oban's: words to executors.
    var signal: String { "\(schema).oban_signal" }
    /// Ours: what is between relay nodes.
    var relay: String { "\(schema).relay" }

    var all: [String] { [insert, signal, relay] }
}
