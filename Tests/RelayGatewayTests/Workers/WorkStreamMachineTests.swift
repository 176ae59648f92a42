import RelayCore
import RelayEngine
import RelayMessages
import Testing

@testable import RelayGateway

@Suite("A worker's stream as a value")
struct WorkStreamMachineTests {
    private let executor = ExecutorID(number: 1)
    private let key = AttemptKey(jobID: 5, attempt: 2)

    private func subscribed(_ keys: [AttemptKey] = []) -> WorkStreamMachine {
        var machine = WorkStreamMachine.fresh
        _ = machine.received(Wire.WorkRequest(message: .subscribe(Wire.Subscribe())))
        machine.attached(executor)
        for key in keys { _ = machine.given(key) }
        return machine
    }

    private func finish(_ key: AttemptKey) -> Wire.WorkRequest {
        let finish = Wire.Finish(jobID: key.jobID, attempt: UInt32(key.attempt))
        return Wire.WorkRequest(message: .finish(finish))
    }

    private let drain = Wire.WorkRequest(message: .drain(Wire.Drain()))

    @Test("the fence of a finish is the attempt, not the job")
    func otherAttempt() {
        var machine = subscribed([key])
        let other = AttemptKey(jobID: 5, attempt: 1)
        let refused = machine.received(finish(other))
        #expect(refused == .refuseFinish(other))
        let taken = machine.received(finish(key))
        #expect(taken == .finish(executor, key, nil))
    }

    @Test("a job that was on its way when the drain began is still given, and finished")
    func givenWhileDraining() {
        var machine = subscribed()
        let drained = machine.received(drain)
        #expect(drained == .drain(executor))
        let given = machine.given(key)
        #expect(given)
        let busy = machine.drainBegun()
        #expect(busy == nil)
        _ = machine.received(finish(key))
        let done = machine.finished(key)
        #expect(done == .answerAndEnd(executor))
    }

    @Test("a second drain changes nothing")
    func drainTwice() {
        var machine = subscribed([key])
        _ = machine.received(drain)
        let again = machine.received(drain)
        #expect(again == .ignore)
        let server = machine.serverDrains()
        #expect(server == .ignore)
    }

    @Test("a drain ends only after the engine has dealt with the last finish")
    func finishingWhileDraining() {
        var machine = subscribed([key])
        _ = machine.received(finish(key))
        _ = machine.received(drain)
        let busy = machine.drainBegun()
        #expect(busy == nil)
        let done = machine.finished(key)
        #expect(done == .answerAndEnd(executor))
    }

    @Test("a stream that has ended is given nothing, and detaches once")
    func ended() {
        var machine = subscribed([key])
        let left = machine.leave()
        #expect(left == executor)
        let again = machine.leave()
        #expect(again == nil)
        let given = machine.given(key)
        #expect(!given)
        let finished = machine.finished(key)
        #expect(finished == .ignore)
        let request = machine.received(drain)
        #expect(request == .ignore)
    }

    @Test("a message that is not known is ignored, once subscribed")
    func unknownMessage() {
        var machine = subscribed()
        let unknown = machine.received(Wire.WorkRequest())
        #expect(unknown == .ignore)
    }
}
