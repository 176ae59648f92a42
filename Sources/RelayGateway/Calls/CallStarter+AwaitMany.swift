internal import RelayCore
internal import RelayEngine
internal import RelayMessages
internal import RelayWire

extension CallStarter {
    /// The events of an `AwaitMany` that are dealt with at once.
    private static let eventsAtOnce = 256

    /// The relays of one instance, and where they stand in the request.
    private struct Share {
        let engine: any CallEngine
        var handles: [RelayHandle] = []
        var indices: [Int] = []
    }

    func awaitMany(
        _ request: Wire.AwaitManyRequest,
        _ principal: Principal,
        _ key: CallKey,
        _ outbox: Outbox
    ) throws(RelayError) -> Start {
        guard request.relays.count <= configuration.limits.maxAwaitedRelays else {
            throw RelayError(
                .resourceExhausted,
                reason: "TOO_MANY_RELAYS",
                message: "\(request.relays.count) relays at once are over the limit of "
                    + "\(configuration.limits.maxAwaitedRelays); send several requests"
            )
        }
        var violations = Violations(limit: configuration.maxViolations)
        if request.relays.isEmpty { violations.add("relays", "must hold at least one relay") }
        let options = AwaitManyOptions(
            timeout: TimeMapping.duration(
                request.timeout,
                path: "timeout",
                violations: &violations
            ),
            withRetries: request.withRetries,
            progress: request.progress,
            stopAfter: Int(request.stopAfter),
            failFast: request.failFast
        )
        let (shares, answers) = try split(request.relays, principal, violations: &violations)
        try violations.check()

        if shares.isEmpty || (options.failFast && !answers.isEmpty) {
            return .many(answers: options.failFast ? Array(answers.prefix(1)) : answers, nil)
        }
        var parts: [ManyWaits.Part] = []
        for (number, share) in shares.enumerated() {
            let wait = share.engine.awaitMany(share.handles, options: options) { events in
                // In pieces, so that a loop can do something else between them.
                for start in stride(from: 0, to: events.count, by: Self.eventsAtOnce) {
                    let piece = events[start..<min(start + Self.eventsAtOnce, events.count)]
                    outbox.post(.events(key, part: number, piece))
                }
            }
            let isWhole = share.handles.count == request.relays.count
            parts.append(
                ManyWaits.Part(
                    engine: share.engine,
                    wait: wait,
                    indices: isWhole ? nil : share.indices,
                    handles: options.progress ? share.handles : nil
                )
            )
        }
        return .many(answers: answers, ManyWaits(parts: parts, options: options))
    }

    /// Sorts relays by their engine; those that nobody was ever given are answered at once.
    private func split(
        _ relays: [Wire.Relay],
        _ principal: Principal,
        violations: inout Violations
    ) throws(RelayError) -> (shares: [Share], answers: [Wire.AwaitManyResponse]) {
        var shares: [Share] = []
        var places: [String: Int] = [:]
        var answers: [Wire.AwaitManyResponse] = []
        for (index, relay) in relays.enumerated() {
            let path = "relays[\(index)]"
            guard
                let reading = RelayMapping.read(relay, path: path, violations: &violations)
            else { continue }
            let name = EngineDirectory.name(relay.instance)
            let place: Int
            if let known = places[name] {
                place = known
            } else {
                place = shares.count
                places[name] = place
                shares.append(Share(engine: try engines.engine(name, for: principal, .await)))
            }
            switch reading {
            case .handle(let handle):
                shares[place].handles.append(handle)
                shares[place].indices.append(index)
            case .unknown:
                var answer = Wire.AwaitManyResponse()
                answer.index = UInt32(index)
                answer.event = .result(RelayMapping.notFound(relay))
                answers.append(answer)
            }
        }
        return (shares.filter { !$0.handles.isEmpty }, answers)
    }
}
