internal import Logging
internal import RelayCore
internal import RelayEngine
internal import RelayMessages
internal import RelayWire

/// What engines answer.
extension ConnectionHandler {
    /// Turns an engine's event into frames.
    func perform(_ event: ConnectionEvent) {
        switch event {
        case .relays(let key, let result):
            answer(key, result) { .asyncResponse(AnswerMapping.relays($0)) }
        case .cancelled(let key, let result):
            answer(key, result) { .cancelResponse(AnswerMapping.cancelled($0)) }
        case .answer(let key, let result):
            answerAwait(key, result)
        case .events(let key, let part, let events):
            for event in events { perform(event, of: part, key) }
        case .jobs(let key, let jobs):
            give(jobs, to: key)
        case .stop(let key, let attempt):
            stop(attempt, of: key)
        case .drainBegun(let key):
            drainBegun(key)
        case .finished(let key, let attempt, let result):
            finished(attempt, of: key, result)
        }
    }

    /// Sends an answer of a call, unless the call has ended already.
    func answer(_ key: CallKey, _ body: Wire.ServerFrame.Body, isLast: Bool) {
        switch machine.answering(key, isLast: isLast) {
        case .drop:
            return
        case .send:
            if isLast { calls[key.id] = nil }
            write(key, body, isLast: isLast)
        case .sendAndClose:
            if isLast { calls[key.id] = nil }
            write(key, body, isLast: isLast)
            end(nil)
        }
    }

    private func write(_ key: CallKey, _ body: Wire.ServerFrame.Body, isLast: Bool) {
        do throws(FrameError) {
            try append(Wire.ServerFrame(callID: key.id, body: body))
        } catch {
            // Whatever can grow is bounded before it comes here, so this is a limit set very low.
            logger.warning("an answer is over the limit", metadata: ["error": "\(error)"])
            let status = Wire.Status(error.relayError)
            if isLast {
                send(.status(status), on: key.id)
            } else {
                let call = calls[key.id]
                answer(key, .status(status), isLast: true)
                if let call { stop(call, reason: "a message for the worker is over the limit") }
            }
        }
    }

    private func answer<Success>(
        _ key: CallKey,
        _ result: Result<Success, RelayError>,
        body: (Success) -> Wire.ServerFrame.Body
    ) {
        switch result {
        case .success(let value): answer(key, body(value), isLast: true)
        case .failure(let error): answer(key, .status(Wire.Status(error)), isLast: true)
        }
    }

    private func answerAwait(_ key: CallKey, _ result: Result<AwaitAnswer, RelayError>) {
        guard let call = calls[key.id], call.key == key else { return }
        let limit = environment.configuration.limits.maxMessageBytes
        answer(key, result) { answer in
            let result = AnswerMapping.result(answer, maxBytes: limit)
            if case .call = call.work { return .callResponse(Wire.CallResponse(result: result)) }
            return .awaitResponse(Wire.AwaitResponse(result: result))
        }
    }

    private func perform(_ event: AwaitManyEvent, of part: Int, _ key: CallKey) {
        guard var call = calls[key.id], call.key == key, case .many(var waits) = call.work else {
            return
        }
        let verdict = waits.received(event, part: part)
        call.work = .many(waits)
        calls[key.id] = call
        switch verdict {
        case .send(let index):
            send(event, of: part, waits, index: index, key)
        case .sendAndEnd(let index):
            send(event, of: part, waits, index: index, key)
            waits.abandon()
            answer(key, .status(.ok), isLast: true)
        case .heartbeat:
            let beat = Wire.AwaitManyResponse(event: .heartbeat(Wire.Heartbeat()))
            answer(key, .awaitManyResponse(beat), isLast: false)
        case .end(let error):
            waits.abandon()
            answer(key, .status(error.map { Wire.Status($0) } ?? .ok), isLast: true)
        case .ignore:
            break
        }
    }

    private func send(
        _ event: AwaitManyEvent,
        of part: Int,
        _ waits: ManyWaits,
        index: Int,
        _ key: CallKey
    ) {
        var response = Wire.AwaitManyResponse(index: UInt32(clamping: index))
        let limit = environment.configuration.limits.maxMessageBytes
        switch event {
        case .answer(_, let answer):
            response.event = .result(AnswerMapping.result(answer, maxBytes: limit))
        case .progress(let position, let value):
            let relay = waits.handle(position, part: part).map(RelayMapping.wire)
            response.event = .progress(
                Wire.Progress(relay: relay, value: ValueMapping.wire(value))
            )
        case .heartbeat, .finished:
            return
        }
        answer(key, .awaitManyResponse(response), isLast: false)
    }
}
