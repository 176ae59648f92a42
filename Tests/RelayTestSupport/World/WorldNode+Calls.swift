package import RelayCore
package import RelayEngine

/// An open or ended wait, as its caller sees it.
package struct Waiting: Sendable {
    /// The wait.
    package let id: WaitID
    /// What the caller was told.
    package let replies: Recorder<Result<AwaitAnswer, RelayError>>

    /// The answer; nil while there is none.
    package var answer: AwaitAnswer? { try? replies.values.first?.get() }
    /// How it ended; nil while it has not.
    package var outcome: AwaitOutcome? { answer?.outcome }
    /// Why it ended without a value; nil while it has not, or if it is ok.
    package var failure: Failure? {
        if case .failed(let failure) = outcome { failure } else { nil }
    }
    /// The error that it ended with; nil where there is none.
    package var error: RelayError? {
        if case .failure(let error) = replies.values.first { error } else { nil }
    }
    /// Whether the caller was told something.
    package var isOver: Bool { !replies.values.isEmpty }
}

/// An `AwaitMany`, as its caller sees it.
package struct WaitingForMany: Sendable {
    /// The wait.
    package let id: WaitID
    /// The batches of events that came.
    package let batches: Recorder<[AwaitManyEvent]>

    /// The events in order.
    package var events: [AwaitManyEvent] { batches.values.flatMap { $0 } }
    /// The answers in the order in which they came.
    package var answers: [(index: Int, answer: AwaitAnswer)] {
        events.compactMap {
            if case .answer(let index, let answer) = $0 { (index, answer) } else { nil }
        }
    }
    /// The progress reports in order.
    package var progress: [(index: Int, value: RelayValue)] {
        events.compactMap {
            if case .progress(let index, let value) = $0 { (index, value) } else { nil }
        }
    }
    /// Whether the stream has ended.
    package var isOver: Bool { if case .finished = events.last { true } else { false } }
    /// What the stream ended with; nil while it has not, or where it ended well.
    package var error: RelayError? {
        if case .finished(let error) = events.last { error } else { nil }
    }
}

extension WorldNode {
    /// Inserts jobs.
    package func async(_ jobs: [NewJob]) -> Recorder<Result<[RelayHandle], RelayError>> {
        let recorder = Recorder<Result<[RelayHandle], RelayError>>()
        input { $0.async(jobs, now: $1) { recorder.add($0) } }
        settleWorld()
        return recorder
    }

    /// Inserts one job that the table takes; nil if it is not there at once.
    package func relay(_ job: NewJob = NewJob(worker: "W")) -> RelayHandle? {
        try? async([job]).values.first?.get().first
    }

    /// Waits for a relay.
    package func await(_ relay: RelayHandle, _ options: AwaitOptions = AwaitOptions()) -> Waiting {
        let recorder = Recorder<Result<AwaitAnswer, RelayError>>()
        let id = input { $0.await(relay, options: options, now: $1) { recorder.add($0) } }
        settleWorld()
        return Waiting(id: id, replies: recorder)
    }

    /// Inserts a job and waits for it.
    package func call(
        _ job: NewJob = NewJob(worker: "W"),
        _ options: AwaitOptions = AwaitOptions()
    ) -> Waiting {
        let recorder = Recorder<Result<AwaitAnswer, RelayError>>()
        let id = input { $0.call(job, options: options, now: $1) { recorder.add($0) } }
        settleWorld()
        return Waiting(id: id, replies: recorder)
    }

    /// Waits for many relays.
    package func awaitMany(
        _ relays: [RelayHandle],
        _ options: AwaitManyOptions = AwaitManyOptions()
    ) -> WaitingForMany {
        let recorder = Recorder<[AwaitManyEvent]>()
        let id = input { $0.awaitMany(relays, options: options, now: $1) { recorder.add($0) } }
        settleWorld()
        return WaitingForMany(id: id, batches: recorder)
    }

    /// Cancels a job.
    package func cancel(_ relay: RelayHandle) -> Recorder<Result<CancelAnswer, RelayError>> {
        let recorder = Recorder<Result<CancelAnswer, RelayError>>()
        input { $0.cancel(relay, now: $1) { recorder.add($0) } }
        settleWorld()
        return recorder
    }

    /// The caller of a wait leaves.
    package func abandon(_ id: WaitID) {
        input { $0.abandon(id, now: $1) }
        settleWorld()
    }
}

extension NewJob {
    /// A due job that is inserted as available even where a slot is free, since it names its time.
    package static var notDispatched: NewJob {
        NewJob(worker: "W", schedule: .at(epochMicroseconds: 0))
    }
}
