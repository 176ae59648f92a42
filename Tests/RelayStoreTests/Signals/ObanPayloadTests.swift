import RelayCore
import Testing

@testable import RelayStore

@Suite("Words on Oban's channels")
struct ObanPayloadTests {
    @Test(
        "to a queue are obeyed as Oban's own nodes do; executors of a stopped queue stay, and get nothing",
        arguments: [
            (#"{"action":"pause","queue":"q"}"#, .control(.pause, queue: "q")),
            (#"{"action":"stop","queue":"q","ident":"any"}"#, .control(.pause, queue: "q")),
            (#"{"action":"resume","queue":"*"}"#, .control(.resume, queue: nil)),
            (#"{"action":"start","queue":"q","limit":3}"#, .control(.resume, queue: "q")),
            (#"{"action":"scale","queue":"q","limit":3}"#, .control(.scale(limit: 3), queue: "q")),
            (#"{"action":"pkill","job_id":7}"#, .kill(job: 7)),
        ] as [(String, IncomingSignal)]
    )
    func control(payload: String, signal: IncomingSignal) {
        #expect(ObanPayload.readSignal(payload, node: "n") == signal)
    }

    @Test("to another node are for that node")
    func ident() {
        let mine = #"{"action":"pause","queue":"q","ident":"Oban.n"}"#
        let theirs = #"{"action":"pause","queue":"q","ident":"Oban.m"}"#
        #expect(ObanPayload.readSignal(mine, node: "n") == .control(.pause, queue: "q"))
        #expect(ObanPayload.readSignal(theirs, node: "n") == nil)
    }

    @Test(
        "that we say are read again, and short enough for every Oban",
        arguments: [QueueControl.pause, .resume, .scale(limit: 100_000)]
    )
    func said(control: QueueControl) {
        let queue = String(repeating: "\"", count: 127)
        let payload = ObanPayload.control(control, queue: queue)
        #expect(payload.utf8.count < 512)
        #expect(ObanPayload.readSignal(payload, node: "n") == .control(control, queue: queue))
    }

    @Test(
        "that nobody can read are junk",
        arguments: ["", "hello", "{bad", "[]", "{}", "Z:x", "H4sIxx", #"{"action":"pkill"}"#]
    )
    func junk(payload: String) {
        #expect(ObanPayload.readSignal(payload, node: "n") == .junk)
        #expect(ObanPayload.readInsert(payload) == .junk)
    }
}
