import FoundationEssentials
import RelayCore
import RelayZlib

/// The texts on Oban's channels.
///
/// Sent as plain JSON objects below 512 bytes, which every Oban reads; read in all three
/// encodings that its versions write (research/oban.md §3). Whatever else comes is junk, from whomever.
enum ObanPayload {
    /// How far a compressed payload may inflate, in bytes.
    static let inflateLimit = 256 * 1024

    private struct Message: Decodable {
        var queue: String?
        var action: String?
        var limit: Int?
        var job_id: Int64?
        var ident: String?
    }

    static func available(_ queue: String) -> String { "{\"queue\":\(JSONWriter.quoted(queue))}" }

    static func kill(_ job: Int64) -> String { "{\"action\":\"pkill\",\"job_id\":\(job)}" }

    static func control(_ control: QueueControl, queue: String) -> String {
        let what =
            switch control {
            case .pause: "\"action\":\"pause\""
            case .resume: "\"action\":\"resume\""
            case .scale(let limit): "\"action\":\"scale\",\"limit\":\(limit)"
            }
        return "{\(what),\"queue\":\(JSONWriter.quoted(queue)),\"ident\":\"any\"}"
    }

    static func readInsert(_ payload: String) -> IncomingSignal {
        guard let queue = message(payload)?.queue else { return .junk }
        return .available(queue: queue)
    }

    /// Nil for what is well-formed but not for this node.
    static func readSignal(_ payload: String, node: String) -> IncomingSignal? {
        guard let message = message(payload), let action = message.action else { return .junk }
        if let ident = message.ident, ident != "any", ident != "Oban.\(node)" { return nil }
        let queue = message.queue == "*" ? nil : message.queue
        switch action {
        case "pkill": return message.job_id.map { .kill(job: $0) } ?? .junk
        // What is stopped here are executors of somebody else's, so they stay, and are given nothing.
        case "pause", "stop": return .control(.pause, queue: queue)
        case "resume", "start": return .control(.resume, queue: queue)
        case "scale":
            guard let limit = message.limit, (0...100_000).contains(limit), queue != nil else {
                return .junk
            }
            return .control(.scale(limit: limit), queue: queue)
        default: return nil
        }
    }

    private static func message(_ payload: String) -> Message? {
        guard let json = plain(payload) else { return nil }
        return try? JSONDecoder().decode(Message.self, from: json)
    }

    private static func plain(_ payload: String) -> Data? {
        if payload.hasPrefix("{") { return Data(payload.utf8) }
        let base64 = payload.hasPrefix("Z:") ? String(payload.dropFirst(2)) : payload
        guard payload.hasPrefix("Z:") || payload.hasPrefix("H4sI"),
            let packed = Data(base64Encoded: base64),
            let inflated = try? Inflater(format: .gzip).inflate(
                [UInt8](packed),
                limit: inflateLimit
            )
        else { return nil }
        return Data(inflated)
    }
}
