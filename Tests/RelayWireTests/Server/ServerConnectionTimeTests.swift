import RelayCore
import RelayMessages
import Testing

@testable import RelayWire

@Suite("The server's end of a connection, as time passes")
struct ServerConnectionTimeTests {
    private func at(_ seconds: Int64) -> MonotonicTime {
        ServerConnectionMachineTests.start + .seconds(seconds)
    }

    @Test("no hello within 5 s closes the connection")
    func helloTimeout() {
        var machine = ServerConnectionMachineTests.greeting()
        #expect(machine.deadline == at(5))
        machine.heard(midFrame: true, wholeFrame: false, now: at(4))
        let early = machine.tick(now: at(4))
        #expect(early == .wait)
        let late = machine.tick(now: at(5))
        #expect(late == .close(.helloTimeout))
        #expect(machine.deadline == nil)
    }

    @Test("after 30 s of silence it pings, and closes 15 s later")
    func keepalive() {
        var machine = ServerConnectionMachineTests.open()
        #expect(machine.deadline == at(30))
        let silent = machine.tick(now: at(30))
        #expect(silent == .ping)
        #expect(machine.deadline == at(45))
        let early = machine.tick(now: at(44))
        #expect(early == .wait)
        let late = machine.tick(now: at(45))
        #expect(late == .close(.keepaliveTimeout))
    }

    @Test("a pong keeps the connection for another 30 s")
    func pong() {
        var machine = ServerConnectionMachineTests.open()
        _ = machine.tick(now: at(30))
        let action = machine.received(Wire.ClientFrame(body: .pong(Wire.Pong())))
        #expect(action == .ignore)
        machine.heard(midFrame: false, wholeFrame: true, now: at(31))
        #expect(machine.deadline == at(61))
        let later = machine.tick(now: at(45))
        #expect(later == .wait)
    }

    @Test("a frame that trickles in for 60 s closes the connection, however alive it looks")
    func slowFrame() {
        var machine = ServerConnectionMachineTests.open()
        for second in stride(from: Int64(10), to: 70, by: 10) {
            machine.heard(midFrame: true, wholeFrame: false, now: at(second))
            let action = machine.tick(now: at(second))
            #expect(action == .wait)
        }
        let late = machine.tick(now: at(70))
        #expect(late == .close(.frameTimeout))
    }

    @Test("each new frame has its own time to arrive")
    func frameAfterFrame() {
        var machine = ServerConnectionMachineTests.open()
        machine.heard(midFrame: true, wholeFrame: false, now: at(1))
        machine.heard(midFrame: true, wholeFrame: true, now: at(50))
        let action = machine.tick(now: at(62))
        #expect(action == .wait)
    }

    @Test("a draining connection refuses calls, finishes those that are open, then closes")
    func draining() {
        var machine = ServerConnectionMachineTests.open()
        _ = machine.received(ServerConnectionMachineTests.call(1))
        let drained = machine.drain(until: at(10))
        #expect(drained == .goAway)
        #expect(machine.deadline == at(10))
        let refused = machine.received(ServerConnectionMachineTests.call(2))
        #expect(refused == .refuse(callID: 2, .draining))
        let answer = machine.answering(CallKey(id: 1, serial: 1), isLast: true)
        #expect(answer == .sendAndClose)
    }

    @Test("a draining connection closes with the abandon of its last call")
    func drainingAbandon() {
        var machine = ServerConnectionMachineTests.open()
        _ = machine.received(ServerConnectionMachineTests.call(1))
        _ = machine.drain(until: at(10))
        let abandon = Wire.ClientFrame(callID: 1, body: .abandon(Wire.Abandon()))
        let action = machine.received(abandon)
        #expect(action == .abandonAndClose(CallKey(id: 1, serial: 1)))
    }

    @Test("an idle connection closes at once when the server goes away")
    func drainingIdle() {
        var machine = ServerConnectionMachineTests.open()
        let action = machine.drain(until: at(10))
        #expect(action == .goAwayAndClose)
        var fresh = ServerConnectionMachineTests.greeting()
        let before = fresh.drain(until: at(10))
        #expect(before == .close(.draining))
    }

    @Test("what is open when the grace is over is closed")
    func graceOver() {
        var machine = ServerConnectionMachineTests.open()
        _ = machine.received(ServerConnectionMachineTests.call(1))
        _ = machine.drain(until: at(10))
        let action = machine.tick(now: at(10))
        #expect(action == .close(.graceOver))
    }
}
