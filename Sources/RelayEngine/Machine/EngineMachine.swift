import DequeModule
package import RelayCore

/// The whole engine as a value: inputs are method calls, outputs are actions, time is an argument.
///
/// It composes the parts, each of which does one thing; `settleUp` after every input starts whatever can start.
package struct EngineMachine {
    let configuration: EngineConfiguration
    var inserter = Inserter()
    var claimer = Claimer()
    var slots = SlotBook()
    var finisher = Finisher()
    var canceller = Canceller()
    var notifier = Notifier()
    var listener = ListenerHealth()
    var progressBook = ProgressBook()
    var rescuer = Rescuer()
    var waiters = Waiters()
    var reader = Reader()
    var recent = RecentJobs()
    var timers = Timers()
    var random: SeededGenerator
    var paces: Paces
    var census: Census?
    var insertingCalls = InsertingCalls()
    var lastWait: UInt64 = 0
    var beatsUnderWay = 0
    /// How many callers are handing over one thing after the other: what they want is begun when they are through.
    private var gatherers = 0
    var isDraining = false
    /// What runs was given back and all waits are ended: only what is under way still ends.
    var isEnded = false
    let startedAt: MonotonicTime
    private var actions: [EngineAction] = []

    /// What is done again and again.
    struct Paces {
        var poll: Pace
        var stage: Pace
        var sweep: Pace
        var foreignSweep: Pace
        var beat: Pace
        var hello: Pace
        var prune: Pace
    }

    /// Makes an engine at rest; the first `tick` sets it going.
    package init(configuration: EngineConfiguration, now: MonotonicTime) {
        self.configuration = configuration
        let rhythm = configuration.rhythm
        random = SeededGenerator(seed: configuration.seed)
        startedAt = now
        paces = Paces(
            poll: Pace(every: rhythm.poll, from: now),
            stage: Pace(every: rhythm.stage, from: now),
            sweep: Pace(every: rhythm.sweep, from: now + rhythm.sweep),
            foreignSweep: Pace(every: rhythm.foreignSweep, from: now + rhythm.foreignSweep),
            beat: Pace(every: rhythm.beat, from: now),
            hello: Pace(every: rhythm.hello, from: now),
            prune: Pace(every: rhythm.prune, from: now + rhythm.prune)
        )
    }

    /// Takes the actions that the inputs so far have led to, in order.
    package mutating func takeActions() -> [EngineAction] {
        defer { actions = [] }
        return actions
    }

    /// Whether there are actions to take.
    package var hasActions: Bool { !actions.isEmpty }

    mutating func act(_ action: EngineAction) { actions.append(action) }

    mutating func note(_ note: EngineNote) { actions.append(.log(note)) }

    /// Whether other nodes may wait for what happens here; assumed until this node has had time to hear of them.
    func othersMayListen(now: MonotonicTime) -> Bool {
        let rhythm = configuration.rhythm
        if now - startedAt < rhythm.hello * 2 { return true }
        if let census, census.otherNodes > 0 { return true }
        return listener.othersPresent(hello: rhythm.hello, now: now)
    }

    /// Counts the live executors seen for a queue, here and elsewhere.
    ///
    /// It captures the two parts that it reads: with all of `self` captured, every answer would copy all open waits.
    var executors: (String) -> Int {
        { [slots, census] queue in
            slots.executors(queue) + (census?.executorsElsewhere[queue] ?? 0)
        }
    }

    /// Starts everything that can start now; called at the end of every input.
    mutating func settleUp(now: MonotonicTime) {
        deliver(now: now)
        if gatherers == 0 { beginBatches(now: now) }
        claimFreeSlots()
        if let batch = notifier.nextBatch() { act(.send(batch)) }
    }

    private mutating func beginBatches(now: MonotonicTime) {
        if var batch = inserter.nextBatch(limit: configuration.insertBatch) {
            dispatch(&batch)
            act(.store(.insert(batch)))
        }
        if let batch = finisher.nextBatch(limit: configuration.finishBatch, now: now) {
            act(.store(.finish(batch)))
        }
        if let batch = canceller.nextBatch(limit: configuration.cancelBatch, now: now) {
            act(.store(.cancel(batch)))
        }
        if let batch = reader.nextBatch(limit: configuration.readBatch) {
            act(.store(.read(batch)))
        }
    }

    /// Somebody has several things to hand over, which are to go in one batch; `gathered` must follow.
    package mutating func gather() { gatherers += 1 }

    /// All of it is handed over.
    package mutating func gathered(now: MonotonicTime) {
        gatherers -= 1
        settleUp(now: now)
    }

    private mutating func deliver(now: MonotonicTime) {
        let output = waiters.takeOutput(now: now)
        for (reply, result) in output.answers { act(.answer(reply, result)) }
        for (reply, events) in output.events { act(.events(reply, events)) }
        for target in output.cancels { canceller.add(target, reply: nil) }
    }

    private mutating func claimFreeSlots() {
        guard mayTakeJobs else { return }
        for queue in claimer.woken {
            let free = slots.free(queue) - inserter.reserved(queue)
            if let request = claimer.next(queue, free: free, batch: configuration.claimBatch) {
                act(.store(.claim(request)))
            }
        }
    }

    private var mayTakeJobs: Bool {
        !isDraining && finisher.backlog < configuration.finishBacklog
            && finisher.count < configuration.maxPendingFinishes
    }

    /// Direct dispatch: jobs for which slots are free here, and before which nobody waits, are inserted as executing.
    ///
    /// All of a queue's jobs in the batch, or none, so that none of them is passed by another of the same batch.
    private mutating func dispatch(_ batch: inout [InsertRequest]) {
        guard mayTakeJobs, slots.servesAny else { return }
        var jobs: [String: Int] = [:]
        for request in batch {
            for insert in request.jobs { jobs[insert.job.queue, default: 0] += 1 }
        }
        let fitting = jobs.filter { queue, count in
            count <= claimer.room(queue, free: slots.free(queue))
        }
        if fitting.isEmpty { return }
        for request in batch.indices {
            for index in batch[request].jobs.indices {
                let job = batch[request].jobs[index].job
                batch[request].jobs[index].dispatch =
                    job.schedule == .now && job.unique == nil && fitting[job.queue] != nil
            }
        }
        inserter.dispatches(fitting, claim: claimer.number())
    }

    /// The slots of a queue that neither run a job nor are spoken for.
    func unclaimedSlots(_ queue: String) -> Int {
        slots.free(queue) - claimer.reserved(queue) - inserter.reserved(queue)
    }

    /// When the machine wants its next `tick`; nil if nothing is planned.
    package func nextTick() -> MonotonicTime? {
        let rhythm = configuration.rhythm
        var earliest: MonotonicTime?
        func consider(_ time: MonotonicTime?) {
            guard let time else { return }
            earliest = earliest.map { min($0, time) } ?? time
        }
        consider(timers.next)
        consider(finisher.resumeAt)
        consider(finisher.restsUntil)
        if !isEnded { consider(canceller.restsUntil) }
        if isEnded { return earliest }
        consider(paces.stage.next)
        consider(paces.beat.next)
        consider(paces.hello.next)
        consider(paces.prune.next)
        consider(listener.deadline(timeout: rhythm.helloTimeout))
        consider(progressBook.nextDue)
        if slots.servesAny { consider(paces.poll.next) }
        if waiters.jobCount > 0 {
            consider(paces.sweep.next)
            consider(paces.foreignSweep.next)
        }
        return earliest
    }
}
