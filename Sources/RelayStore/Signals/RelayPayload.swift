import RelayCore

/// The texts on our own channel: a letter for the kind, then fields; job ids in base 36, packed until a payload is full.
///
/// A notification takes fewer than 8,000 bytes, and any database role can send one.
enum RelayPayload {
    /// The most bytes of a notification.
    static let maxBytes = 7_999

    /// `s` and job ids.
    static func settled(_ jobs: [Int64]) -> [String] {
        var payloads: [String] = []
        var current = "s"
        for job in jobs {
            let id = String(job, radix: 36)
            if current.utf8.count + id.utf8.count + 1 > maxBytes {
                payloads.append(current)
                current = "s"
            }
            current += " " + id
        }
        payloads.append(current)
        return payloads
    }

    /// `h`, the nonce, and the node's name.
    static func hello(_ nonce: UInt64, node: String) -> String {
        "h \(String(nonce, radix: 36)) \(node.prefix(200))"
    }

    /// `p`, job, attempt, and the value: JSON, or the content type and bytes in hexadecimal digits; nil if that is too
    /// long.
    static func progress(_ job: Int64, _ attempt: Int, _ value: RelayValue) -> String? {
        guard case .json(let text) = value else { return nil }
        let payload = "p \(String(job, radix: 36)) \(attempt) \(text)"
        return payload.utf8.count <= maxBytes && !payload.utf8.contains(0) ? payload : nil
    }

    static func read(_ payload: String) -> IncomingSignal {
        let parts = payload.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return .junk }
        switch parts[0] {
        case "s":
            let ids = parts[1].split(separator: " ").map { Int64($0, radix: 36) }
            let jobs = ids.compactMap { $0 }
            return jobs.count == ids.count ? .settled(jobs: jobs) : .junk
        case "h":
            let fields = parts[1].split(separator: " ", maxSplits: 1)
            guard fields.count == 2, let nonce = UInt64(fields[0], radix: 36) else { return .junk }
            return .hello(node: String(fields[1]), nonce: nonce)
        case "p":
            let fields = parts[1].split(separator: " ", maxSplits: 2)
            guard fields.count == 3, let job = Int64(fields[0], radix: 36),
                let attempt = Int(fields[1]),
                (try? JSONSyntax.check(String(fields[2]))) != nil
            else { return .junk }
            return .progress(job: job, attempt: attempt, value: .json(String(fields[2])))
        default:
            return .junk
        }
    }
}
