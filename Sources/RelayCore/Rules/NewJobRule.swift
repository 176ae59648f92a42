extension NewJob {
    /// The longest name of a worker or queue, by Oban's column checks.
    package static let maxNameLength = 127
    /// The longest idempotency key in bytes.
    package static let maxKeyBytes = 255
    /// The most labels of one job.
    package static let maxTags = 64
    /// The most keys of one uniqueness rule.
    package static let maxUniqueKeys = 64

    /// Everything that is wrong with the job; `path` is where it stands in the request, such as `jobs[3]`.
    package func violations(path: String) -> [RelayError.FieldViolation] {
        var found: [RelayError.FieldViolation] = []
        func refuse(_ field: String, _ reason: String) {
            found.append(RelayError.FieldViolation(field: "\(path).\(field)", reason: reason))
        }

        if let reason = Self.nameViolation(worker) { refuse("worker", reason) }
        if let reason = Self.nameViolation(queue) { refuse("queue", reason) }
        if let reason = Self.objectViolation(args) { refuse("args", reason) }
        if let reason = Self.objectViolation(meta) { refuse("meta", reason) }
        if !(0...9).contains(priority) { refuse("priority", "must be 0 to 9") }
        if !(1...32_767).contains(maxAttempts) { refuse("max_attempts", "must be 1 to 32767") }
        if tags.count > Self.maxTags { refuse("tags", "must be at most \(Self.maxTags)") }
        for (index, tag) in tags.enumerated() where Self.textViolation(tag) != nil {
            refuse("tags[\(index)]", "must be 1 to \(Self.maxNameLength) characters without U+0000")
        }
        switch schedule {
        case .now: break
        case .at(let moment):
            if !Self.storableMoments.contains(moment) {
                refuse("scheduled_at", "must be in the years 1970 to 9999")
            }
        case .after(let delay):
            if delay < .zero || delay > Self.longestDelay {
                refuse("schedule_in", "must be 0 to 100 years")
            }
        }
        if let key = idempotencyKey {
            if key.isEmpty || key.utf8.count > Self.maxKeyBytes || key.utf8.contains(0) {
                refuse("idempotency_key", "must be 1 to \(Self.maxKeyBytes) bytes without U+0000")
            }
        }
        if let expiry = expiresIn, expiry <= .zero || expiry > Self.longestDelay {
            refuse("expires_in", "must be more than 0 and at most 100 years")
        }
        if let trace = traceparent,
            trace.utf8.count > 128 || trace.utf8.contains(where: { $0 < 0x20 || $0 > 0x7E })
        {
            refuse("traceparent", "must be a W3C traceparent")
        }
        if let unique {
            found += unique.violations(path: "\(path).unique")
        }
        return found
    }

    private static let storableMoments: ClosedRange<Int64> = 0...253_402_300_799_999_999
    private static let longestDelay = Duration.seconds(100 * 366 * 86_400)

    private static func nameViolation(_ name: String) -> String? {
        if name.isEmpty { return "must not be empty" }
        return textViolation(name)
    }

    private static func textViolation(_ text: String) -> String? {
        if text.isEmpty || text.unicodeScalars.count > maxNameLength {
            return "must be 1 to \(maxNameLength) characters"
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "must not hold control characters"
        }
        return nil
    }

    private static func objectViolation(_ text: String) -> String? {
        if text.isEmpty { return nil }
        do {
            let kind = try JSONSyntax.check(text)
            return kind == .object ? nil : "must be a JSON object"
        } catch {
            return "must be a JSON object: \(error)"
        }
    }
}

extension Unique {
    fileprivate func violations(path: String) -> [RelayError.FieldViolation] {
        var found: [RelayError.FieldViolation] = []
        if fields.isEmpty {
            found.append(.init(field: "\(path).fields", reason: "must name at least one field"))
        }
        if states.isEmpty {
            found.append(.init(field: "\(path).states", reason: "must name at least one state"))
        }
        if let period, period <= .zero {
            found.append(.init(field: "\(path).period", reason: "must be more than 0"))
        }
        if keys.count > NewJob.maxUniqueKeys
            || keys.contains(where: { $0.isEmpty || $0.utf8.contains(0) })
        {
            found.append(
                .init(
                    field: "\(path).keys",
                    reason: "must be at most \(NewJob.maxUniqueKeys) names without U+0000"
                )
            )
        }
        return found
    }
}
