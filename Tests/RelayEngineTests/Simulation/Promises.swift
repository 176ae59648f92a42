import RelayCore
import RelayEngine
import RelayTestSupport

/// What is promised to callers and executors, looked for in the history of a schedule that has come to its end.
///
/// The numbers are those of the invariants in research/reliability.md §7.
struct Promises {
    /// How soon an answer comes once it is there, where nothing fails.
    static let promptness = Duration.milliseconds(500)
    /// How long after its deadline a wait may still be open.
    private static let lateness = Duration.seconds(1)

    let schedule: Schedule

    private var table: JobTable { schedule.world.table }

    /// Every promise that was broken, in words.
    func broken() -> [String] {
        if schedule.world.isSpinning { return ["the world spins"] }
        return insertions() + keys() + completions() + waits() + manyWaits() + executions()
            + awaitedAgain() + leftovers()
    }

    /// I1: what was acknowledged is there, and has ended.
    private func insertions() -> [String] {
        var wrong: [String] = []
        for insertion in schedule.insertions {
            if insertion.reply.all.count > 1 { wrong.append("I1: an insertion was answered twice") }
            guard case .success(let relays)? = insertion.reply.all.first?.value else { continue }
            for relay in relays {
                guard let row = table.rows[relay.jobID] else {
                    wrong.append("I1: job \(relay.jobID) was acknowledged and is not there")
                    continue
                }
                if !row.state.isTerminal { wrong.append("I1: job \(row.id) is \(row.state)") }
            }
        }
        return wrong
    }

    /// I2: no key has two jobs.
    private func keys() -> [String] {
        let keys = table.rows.values.compactMap(\.job.idempotencyKey)
        return Set(keys).count == keys.count ? [] : ["I2: a key has two jobs"]
    }

    /// I3 and I4: an accepted result is the stored one, and there is one.
    private func completions() -> [String] {
        var wrong: [String] = []
        var accepted: [Int64: AttemptKey] = [:]
        for executor in schedule.executors {
            let given = Dictionary(
                executor.log.given.map { ($0.key, $0) },
                uniquingKeysWith: { first, _ in first }
            )
            for (key, verdict) in executor.log.verdicts {
                guard case .success(true) = verdict, let job = given[key],
                    let row = table.rows[key.jobID], isOK(job)
                else { continue }
                if let other = accepted.updateValue(key, forKey: key.jobID), other != key {
                    wrong.append("I4: job \(key.jobID) was completed twice")
                }
                if row.state != .completed || row.result != .value(Script.value(key)) {
                    wrong.append("I3: the accepted result of \(key) is not the stored one")
                }
            }
        }
        return wrong
    }

    private func isOK(_ job: ClaimedJob) -> Bool {
        switch Script.step(of: job, seed: schedule.seed) {
        case .finish(.ok), .finishAfter(_, .ok): true
        default: false
        }
    }

    /// I5: every wait ends once, in time, and with what the row says.
    private func waits() -> [String] {
        var wrong: [String] = []
        for wait in schedule.waits {
            let replies = wait.reply.all
            if replies.count > 1 { wrong.append("I5: a wait was answered twice") }
            let isDisturbed = schedule.disturbed.contains(wait.node.name)
            guard let reply = replies.first else {
                if !isDisturbed { wrong.append("I5: a wait was not answered") }
                continue
            }
            if !isDisturbed, reply.time > wait.deadline + Self.lateness {
                wrong.append("I5: a wait ended \(reply.time - wait.deadline) after its deadline")
            }
            if case .success(let answer) = reply.value { wrong += contradiction(of: answer) }
        }
        return wrong
    }

    /// An answer that names a terminal state must be the one that the row keeps for ever.
    private func contradiction(of answer: AwaitAnswer) -> [String] {
        let isFinal =
            switch answer.outcome {
            case .ok: true
            case .failed(let failure):
                [.cancelled, .discarded, .resultTooLarge].contains(failure.reason)
            }
        guard isFinal, let row = table.rows[answer.relay.jobID] else { return [] }
        let final = row.snapshot.answer(withRetries: true)
        guard final?.outcome != answer.outcome || final?.attempt != answer.attempt else {
            return []
        }
        return [
            "I5: job \(row.id) was answered \(answer.outcome), but is \(String(describing: final))"
        ]
    }

    /// I6: a stream answers each relay once, and then ends.
    private func manyWaits() -> [String] {
        var wrong: [String] = []
        for wait in schedule.manyWaits {
            let replies = wait.events.all
            let events = replies.flatMap(\.value)
            let isDisturbed = schedule.disturbed.contains(wait.node.name)
            var answered: Set<Int> = []
            for case .answer(let index, let answer) in events {
                if !answered.insert(index).inserted { wrong.append("I6: an index came twice") }
                wrong += contradiction(of: answer)
            }
            guard case .finished(let error)? = events.last, let last = replies.last else {
                if !isDisturbed { wrong.append("I6: a stream did not end") }
                continue
            }
            if error == nil, answered.count < wait.count { wrong.append("I6: an index is missing") }
            if !isDisturbed, last.time > wait.deadline + Self.lateness {
                wrong.append("I6: a stream ended \(last.time - wait.deadline) after its deadline")
            }
        }
        return wrong
    }

    /// I7: what completed was run, and where nothing failed, once for each attempt.
    private func executions() -> [String] {
        var wrong: [String] = []
        for row in table.rows.values {
            let claims = table.claims[row.id] ?? 0
            if row.state == .completed, claims == 0 { wrong.append("I7: a job completed unrun") }
            if !schedule.hasFaults, claims != row.attempt + row.snoozed {
                wrong.append("I7: job \(row.id) was run more often than its attempts say")
            }
        }
        return wrong
    }

    /// I5 again: whoever asks later is told what the row says, everywhere.
    private func awaitedAgain() -> [String] {
        var wrong: [String] = []
        for relay in Set(schedule.relays).prefix(8) {
            for node in schedule.liveNodes {
                let wait = node.await(relay, AwaitOptions(timeout: .zero, withRetries: true))
                schedule.world.advance(by: .milliseconds(10))
                let final = table.rows[relay.jobID]?.snapshot.answer(withRetries: true)
                if wait.outcome == nil || wait.outcome != final?.outcome {
                    wrong.append("I5: job \(relay.jobID) is answered otherwise later")
                }
            }
        }
        return wrong
    }

    /// Nothing is held that nobody uses.
    private func leftovers() -> [String] {
        schedule.liveNodes.filter { node in
            let gauges = node.gauges
            return gauges.openWaits + gauges.insertingCalls + gauges.running
                + gauges.pendingFinishes > 0
        }.map { node in
            let running = schedule.executors.flatMap { executor in
                executor.log.given.filter { given in
                    !executor.log.verdicts.contains { $0.0 == given.key }
                }
            }
            return "I8: \(node.name) still holds \(node.gauges); never ended: \(running.map(\.key))"
        }
    }
}
