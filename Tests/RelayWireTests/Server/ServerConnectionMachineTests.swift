import RelayCore
import RelayMessages
import Testing

@testable import RelayWire

@Suite("The server's end of a connection")
struct ServerConnectionMachineTests {
    static let start = MonotonicTime(nanoseconds: 0)
    static let await5 = Wire.AwaitRequest(relay: Wire.Relay(jobID: 5))

    static func greeting(maxCalls: Int = 3) -> ServerConnectionMachine {
        var limits = Limits()
        limits.maxCalls = maxCalls
        return ServerConnectionMachine(rules: ConnectionRules(limits), now: start)
    }

    static func open(maxCalls: Int = 3) -> ServerConnectionMachine {
        var machine = greeting(maxCalls: maxCalls)
        _ = machine.received(hello())
        _ = machine.helloChecked(refusal: nil, now: start)
        return machine
    }

    static func hello(version: UInt32 = 1, callID: UInt64 = 0) -> Wire.ClientFrame {
        Wire.ClientFrame(callID: callID, body: .hello(Wire.Hello(version: version)))
    }

    static func call(_ id: UInt64) -> Wire.ClientFrame {
        Wire.ClientFrame(callID: id, body: .awaitRequest(await5))
    }

    static func work(_ id: UInt64) -> Wire.ClientFrame {
        Wire.ClientFrame(callID: id, body: .workRequest(Wire.WorkRequest(message: .drain(.init()))))
    }

    @Test("hello is checked, then welcomed")
    func welcomed() {
        var machine = Self.greeting()
        let checked = machine.received(Self.hello())
        #expect(checked == .check(Wire.Hello(version: 1)))
        let welcomed = machine.helloChecked(refusal: nil, now: Self.start)
        #expect(welcomed == .welcome)
    }

    @Test("a refused token closes the connection, and nothing is answered after")
    func refusedToken() {
        let refusal = RelayError(.unauthenticated, reason: "X", message: "x")
        var machine = Self.greeting()
        _ = machine.received(Self.hello())
        let checked = machine.helloChecked(refusal: refusal, now: Self.start)
        #expect(checked == .close(refusal))
        let after = machine.received(Self.call(1))
        #expect(after == .ignore)
    }

    @Test("another version closes the connection")
    func wrongVersion() {
        var machine = Self.greeting()
        let action = machine.received(Self.hello(version: 2))
        #expect(action == .close(.wrongVersion(2)))
    }

    @Test("anything before hello closes the connection")
    func callBeforeHello() {
        let frames = [
            Self.call(1), Self.hello(callID: 4), Wire.ClientFrame(body: .ping(Wire.Ping())),
            Wire.ClientFrame(callID: 1),
        ]
        for frame in frames {
            var machine = Self.greeting()
            let action = machine.received(frame)
            #expect(action == .close(.helloExpected))
        }
    }

    @Test("a second hello closes the connection")
    func doubleHello() {
        var machine = Self.open()
        let action = machine.received(Self.hello())
        #expect(action == .close(.helloRepeated))
    }

    @Test("a call begins, is answered once, and its id is free again")
    func unaryCall() {
        var machine = Self.open()
        let key = CallKey(id: 9, serial: 1)
        let begun = machine.received(Self.call(9))
        #expect(begun == .begin(key, .await(Self.await5)))
        let first = machine.answering(key, isLast: true)
        #expect(first == .send)
        let second = machine.answering(key, isLast: true)
        #expect(second == .drop)
        let again = machine.received(Self.call(9))
        #expect(again == .begin(CallKey(id: 9, serial: 2), .await(Self.await5)))
        let late = machine.answering(key, isLast: true)
        #expect(late == .drop)
    }

    @Test("an id in use is refused, and the call that owns it goes on")
    func duplicateID() {
        var machine = Self.open()
        _ = machine.received(Self.call(9))
        let again = machine.received(Self.call(9))
        #expect(again == .refuse(callID: 9, .callIDInUse))
        let answer = machine.answering(CallKey(id: 9, serial: 1), isLast: true)
        #expect(answer == .send)
    }

    @Test("call id 0 closes the connection")
    func callIDZero() {
        var machine = Self.open()
        let action = machine.received(Self.call(0))
        #expect(action == .close(.callIDZero))
    }

    @Test("one call too many is refused until another ends")
    func tooManyCalls() {
        var machine = Self.open(maxCalls: 2)
        _ = machine.received(Self.call(1))
        _ = machine.received(Self.call(2))
        let refused = machine.received(Self.call(3))
        #expect(refused == .refuse(callID: 3, .tooManyCalls(limit: 2)))
        _ = machine.answering(CallKey(id: 1, serial: 1), isLast: true)
        let taken = machine.received(Self.call(3))
        #expect(taken == .begin(CallKey(id: 3, serial: 3), .await(Self.await5)))
    }

    @Test("a worker's stream takes further messages on its id")
    func workerStream() {
        var machine = Self.open()
        let request = Wire.WorkRequest(message: .drain(.init()))
        let key = CallKey(id: 4, serial: 1)
        let begun = machine.received(Self.work(4))
        #expect(begun == .begin(key, .work(request)))
        let next = machine.received(Self.work(4))
        #expect(next == .proceed(key, request))
        _ = machine.answering(key, isLast: true)
        let anew = machine.received(Self.work(4))
        #expect(anew == .begin(CallKey(id: 4, serial: 2), .work(request)))
    }

    @Test("a worker's message on another call's id is refused")
    func workOnCall() {
        var machine = Self.open()
        _ = machine.received(Self.call(4))
        let action = machine.received(Self.work(4))
        #expect(action == .refuse(callID: 4, .callIDInUse))
    }

    @Test("abandon ends an open call; of an unknown one it is ignored")
    func abandon() {
        var machine = Self.open()
        _ = machine.received(Self.call(4))
        let frame = Wire.ClientFrame(callID: 4, body: .abandon(Wire.Abandon()))
        let action = machine.received(frame)
        #expect(action == .abandon(CallKey(id: 4, serial: 1)))
        let again = machine.received(frame)
        #expect(again == .ignore)
        let answer = machine.answering(CallKey(id: 4, serial: 1), isLast: true)
        #expect(answer == .drop)
    }

    @Test("a ping is answered with its data, a large one closes the connection")
    func ping() {
        var machine = Self.open()
        let ping = Wire.Ping(data: [1, 2])
        let action = machine.received(Wire.ClientFrame(callID: 0, body: .ping(ping)))
        #expect(action == .pong(callID: 0, ping))
        let large = Wire.Ping(data: Array(repeating: 0, count: 65))
        let refused = machine.received(Wire.ClientFrame(callID: 0, body: .ping(large)))
        #expect(refused == .close(.pingTooLong))
    }

    @Test("a frame without a body, or with one that is not known, is refused on its id")
    func noBody() {
        var machine = Self.open()
        let none = machine.received(Wire.ClientFrame(callID: 4))
        #expect(none == .refuse(callID: 4, .bodyMissing))
        let unknown = machine.received(Wire.ClientFrame(callID: 4), hasUnknownBody: true)
        #expect(unknown == .refuse(callID: 4, .bodyUnknown))
    }

    @Test("a refused message ends the worker's stream that it belongs to, and no other call")
    func undecodable() {
        var machine = Self.open()
        _ = machine.received(Self.work(1))
        _ = machine.received(Self.call(2))
        let worker = machine.receivedUndecodable(callID: 1)
        #expect(worker == .fail(CallKey(id: 1, serial: 1)))
        let other = machine.receivedUndecodable(callID: 2)
        #expect(other == .refuse(callID: 2))
        let answer = machine.answering(CallKey(id: 2, serial: 2), isLast: true)
        #expect(answer == .send)
        let zero = machine.receivedUndecodable(callID: 0)
        #expect(zero == .close)
    }
}
