import RelayCore
import RelayMessages
import Testing

@testable import RelayWire

@Suite("The client's end of a connection")
struct ClientConnectionMachineTests {
    private static let start = MonotonicTime(nanoseconds: 0)
    private static let answer = Wire.ServerFrame.Body.awaitResponse(Wire.AwaitResponse())
    private static let error = RelayError(.notFound, reason: "X", message: "x")

    private static func greeting() -> ClientConnectionMachine {
        ClientConnectionMachine(rules: ConnectionRules(), now: start)
    }

    private static func open(maxCalls: UInt32 = 0) -> ClientConnectionMachine {
        var machine = greeting()
        _ = machine.received(welcome(maxCalls: maxCalls), now: start)
        return machine
    }

    private static func welcome(maxCalls: UInt32 = 0) -> Wire.ServerFrame {
        Wire.ServerFrame(body: .welcome(Wire.Welcome(version: 1, maxCalls: maxCalls)))
    }

    private static func frame(_ id: UInt64, _ body: Wire.ServerFrame.Body) -> Wire.ServerFrame {
        Wire.ServerFrame(callID: id, body: body)
    }

    @Test("calls begin after welcome, with ids that are never 0 and never used again")
    func ids() {
        var machine = Self.greeting()
        guard case .refuse(let refusal) = machine.begin(isStream: false) else {
            Issue.record("a call began before welcome")
            return
        }
        #expect(refusal.code == .unavailable)
        _ = machine.received(Self.welcome(), now: Self.start)
        let first = machine.begin(isStream: false)
        #expect(first == .send(callID: 1))
        _ = machine.received(Self.frame(1, Self.answer), now: Self.start)
        let second = machine.begin(isStream: false)
        #expect(second == .send(callID: 2))
    }

    @Test("a refusal instead of welcome closes the connection with its error")
    func refused() {
        var machine = Self.greeting()
        let action = machine.received(
            Self.frame(0, .status(Wire.Status(Self.error))),
            now: Self.start
        )
        #expect(action == .close(Self.error))
    }

    @Test("a unary call has one answer; what follows is ignored")
    func unary() {
        var machine = Self.open()
        _ = machine.begin(isStream: false)
        let answer = machine.received(Self.frame(1, Self.answer), now: Self.start)
        #expect(answer == .answer(callID: 1, Self.answer, isLast: true))
        let again = machine.received(Self.frame(1, Self.answer), now: Self.start)
        #expect(again == .ignore)
    }

    @Test("a stream has any number of answers, until its Status")
    func stream() {
        var machine = Self.open()
        _ = machine.begin(isStream: true)
        for _ in 0..<2 {
            let answer = machine.received(Self.frame(1, Self.answer), now: Self.start)
            #expect(answer == .answer(callID: 1, Self.answer, isLast: false))
        }
        let end = machine.received(Self.frame(1, .status(.ok)), now: Self.start)
        #expect(end == .end(callID: 1, nil))
        let after = machine.received(Self.frame(1, Self.answer), now: Self.start)
        #expect(after == .ignore)
    }

    @Test("a Status ends its call with the error")
    func failed() {
        var machine = Self.open()
        _ = machine.begin(isStream: false)
        let end = machine.received(
            Self.frame(1, .status(Wire.Status(Self.error))),
            now: Self.start
        )
        #expect(end == .end(callID: 1, Self.error))
    }

    @Test("the server's limit of open calls holds")
    func tooMany() {
        var machine = Self.open(maxCalls: 1)
        _ = machine.begin(isStream: false)
        let refused = machine.begin(isStream: false)
        #expect(refused == .refuse(.tooManyCalls(limit: 1)))
    }

    @Test("an abandoned call is told to the server once, and its answer ignored")
    func abandon() {
        var machine = Self.open()
        _ = machine.begin(isStream: false)
        let told = machine.abandon(1)
        #expect(told)
        let twice = machine.abandon(1)
        #expect(!twice)
        let answer = machine.received(Self.frame(1, Self.answer), now: Self.start)
        #expect(answer == .ignore)
    }

    @Test("after GoAway no call begins, and the open ones finish")
    func goAway() {
        var machine = Self.open()
        _ = machine.begin(isStream: false)
        let goAway = Wire.GoAway(reason: "x")
        let action = machine.received(Self.frame(0, .goAway(goAway)), now: Self.start)
        #expect(action == .goAway(goAway))
        let refused = machine.begin(isStream: false)
        #expect(refused == .refuse(.draining))
        let before = machine.isDone
        #expect(!before)
        let answer = machine.received(Self.frame(1, Self.answer), now: Self.start)
        #expect(answer == .answer(callID: 1, Self.answer, isLast: true))
        let after = machine.isDone
        #expect(after)
    }

    @Test("the server's ping is answered; its own silence is noticed")
    func keepalive() {
        var machine = Self.open()
        let ping = Wire.Ping(data: [1])
        let pong = machine.received(Self.frame(0, .ping(ping)), now: Self.start)
        #expect(pong == .pong(callID: 0, ping))
        let silent = machine.tick(now: Self.start + .seconds(30))
        #expect(silent == .ping)
        let dead = machine.tick(now: Self.start + .seconds(45))
        #expect(dead == .close(.keepaliveTimeout))
    }

    @Test("no welcome in time closes the connection")
    func welcomeTimeout() {
        var machine = Self.greeting()
        let action = machine.tick(now: Self.start + .seconds(5))
        #expect(action == .close(.welcomeTimeout))
    }
}
