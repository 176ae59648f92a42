internal import RelayMessages

/// What happened to one of the relays that are awaited together.
public struct AwaitManyElement: Sendable, Hashable {
    /// What can happen.
    public enum Event: Sendable, Hashable {
        /// The relay is answered; nothing follows for it.
        case answer(AwaitAnswer)
        /// The job's executor reports how far it is; best effort, and it decides nothing.
        case progress(RelayValue)
    }

    /// The relay's position in the list that was awaited.
    public let index: Int
    /// What happened.
    public let event: Event
}

/// The events of many relays, each as it happens.
///
/// Leaving the loop early ends the wait; the jobs go on.
public struct AwaitManySequence: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = AwaitManyElement

    private let stream: AsyncThrowingStream<Element, any Error>

    /// Makes a sequence for which a request is sent once somebody iterates.
    init(_ stream: AsyncThrowingStream<Element, any Error>) {
        self.stream = stream
    }

    /// Begins to read the events.
    public func makeAsyncIterator() -> AsyncThrowingStream<Element, any Error>.Iterator {
        stream.makeAsyncIterator()
    }
}

/// Turns the answers of an `AwaitMany` into a stream's elements.
struct AwaitManyReceiver: Sendable {
    let relays: [RelayHandle]
    let continuation: AsyncThrowingStream<AwaitManyElement, any Error>.Continuation

    func receive(_ event: CallEvent) {
        switch event {
        case .answer(.awaitManyResponse(let response), _): receive(response)
        case .answer: continuation.finish(throwing: RelayError.answerUnexpected)
        case .refused(let error): continuation.finish(throwing: error)
        case .ended(let error): continuation.finish(throwing: error)
        }
    }

    private func receive(_ response: Wire.AwaitManyResponse) {
        let index = Int(response.index)
        switch response.event {
        case .heartbeat, nil:
            break
        case .progress(let progress):
            guard relays.indices.contains(index) else { return fail() }
            let event = AwaitManyElement.Event.progress(ValueMapping.value(progress.value))
            continuation.yield(AwaitManyElement(index: index, event: event))
        case .result(let result):
            guard relays.indices.contains(index) else { return fail() }
            let answer = AnswerMapping.answer(result, of: relays[index])
            continuation.yield(AwaitManyElement(index: index, event: .answer(answer)))
        }
    }

    private func fail() {
        continuation.finish(throwing: RelayError.answerUnexpected)
    }
}
