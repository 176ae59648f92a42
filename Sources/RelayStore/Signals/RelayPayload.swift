import RelayCore

/// The texts on our own channel: a letter for the kind, then fields; job ids in base 36, packed until a payload is full.
///
/// A notification takes fewer than 8,000 bytes, and any database role can send one.
enum RelayPayload {
    /// The most bytes of a notification.
    static let maxBytes = 7_999

    /// What the trigger of the outcome table sends of a job that somebody else ran: `t`, and the id in decimal.
    static let triggerMark = "t"

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

    /// `p`, job, attempt, and the JSON; or `b`, job, attempt, the bytes in base64url, and their content type; nil if
    /// that is too long.
    static func progress(_ job: Int64, _ attempt: Int, _ value: RelayValue) -> String? {
        let whose = "\(String(job, radix: 36)) \(attempt)"
        let payload =
            switch value {
            case .json(let text): "p \(whose) \(text)"
            case .data(let bytes, let contentType):
                "b \(whose) .\(Base64.encode(bytes, .url)) \(contentType)"
            }
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
        case triggerMark[...]:
            return Int64(parts[1]).map { .settled(jobs: [$0]) } ?? .junk
        case "h":
            let fields = parts[1].split(separator: " ", maxSplits: 1)
            guard fields.count == 2, let nonce = UInt64(fields[0], radix: 36) else { return .junk }
            return .hello(node: String(fields[1]), nonce: nonce)
        case "p", "b":
            let fields = parts[1].split(separator: " ", maxSplits: 2)
            guard fields.count == 3, let job = Int64(fields[0], radix: 36),
                let attempt = Int(fields[1]),
                let value = parts[0] == "p" ? json(fields[2]) : data(fields[2])
            else { return .junk }
            return .progress(job: job, attempt: attempt, value: value)
        default:
            return .junk
        }
    }

    private static func json(_ text: Substring) -> RelayValue? {
        (try? JSONSyntax.check(String(text))) == nil ? nil : .json(String(text))
    }

    private static func data(_ text: Substring) -> RelayValue? {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].first == ".",
            let bytes = Base64.decode(parts[0].dropFirst(), .url)
        else { return nil }
        return .data(bytes, contentType: String(parts[1]))
    }
}
