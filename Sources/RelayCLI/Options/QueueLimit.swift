/// `NAME:LIMIT`: a queue, and how many of its jobs run at once.
struct QueueLimit: Sendable, Equatable {
    var name: String
    var limit: Int

    /// The most jobs of one queue at once, as gateways allow.
    static let maxLimit = 10_000

    /// Reads the text form; nil if it is none.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let limit = Int(text[text.index(after: colon)...]), (1...Self.maxLimit).contains(limit)
        else { return nil }
        self.name = String(text[..<colon])
        self.limit = limit
    }

    /// Reads several; throws `CommandError` for one that is none, or a queue that is named twice.
    static func read(_ texts: [String], _ settings: Settings) throws -> [String: Int] {
        var queues: [String: Int] = [:]
        for text in texts {
            guard let queue = QueueLimit(text) else {
                throw settings.wrong(
                    "queue",
                    text,
                    "NAME:LIMIT with a limit of 1 to \(maxLimit), such as default:10"
                )
            }
            guard queues.updateValue(queue.limit, forKey: queue.name) == nil else {
                throw CommandError.usage("--queue: \(OneLine.text(queue.name)) is named twice")
            }
        }
        return queues
    }
}
