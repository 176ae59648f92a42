import NIOCore
import RelayCore
import RelayGateway
import RelayMessages
import RelayZlib
import Testing

@Suite("Framing", .timeLimit(.minutes(1)))
struct FramingTests {
    private func header(flags: UInt8 = 0, length: UInt32) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeMultipleIntegers(flags, length)
        return Array(buffer.readableBytesView)
    }

    private func frame(_ payload: [UInt8], flags: UInt8 = 0) -> [UInt8] {
        header(flags: flags, length: UInt32(payload.count)) + payload
    }

    /// Sends bytes after hello; they end the connection with the code.
    private func refuse(_ bytes: [UInt8], _ code: StatusCode) async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let other = try await fixture.client()
            try await client.send(bytes: bytes)
            let status = try await client.receiveEnd()
            #expect(status.code == code.rawValue)
            #expect(!status.reason.isEmpty)
            #expect(try await other.isAlive())
        }
    }

    @Test(
        "a reserved flag ends the connection",
        arguments: [0x02, 0x03, 0x50, 0x80, 0xFF] as [UInt8]
    )
    func reservedFlag(flags: UInt8) async throws {
        try await refuse(frame([], flags: flags), .invalidArgument)
    }

    @Test("what is neither native nor known by its first byte is refused")
    func otherProtocols() async throws {
        for text in ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
            try await Fixture.run { fixture in
                let client = try await fixture.connect()
                try await client.send(bytes: Array(text.utf8))
                let status = try await client.receiveEnd()
                #expect(status.code == StatusCode.invalidArgument.rawValue)
            }
        }
    }

    @Test("a length over the limit ends the connection by its header alone")
    func tooLong() async throws {
        try await refuse(header(length: .max), .resourceExhausted)
        try await refuse(header(length: 4 * 1024 * 1024 + 1), .resourceExhausted)
    }

    @Test("garbage ends the connection")
    func garbage() async throws {
        try await refuse(frame(Array(repeating: 0xFF, count: 40)), .invalidArgument)
    }

    @Test("bad zlib ends the connection")
    func badZlib() async throws {
        try await refuse(frame([1, 2, 3], flags: 1), .invalidArgument)
        try await refuse(frame([], flags: 1), .invalidArgument)
    }

    @Test("a frame that inflates over the limit ends the connection")
    func bomb() async throws {
        let bomb = try Deflater().deflate(ByteBuffer(repeating: 0, count: 5 * 1024 * 1024))
        try await refuse(frame(Array(bomb.readableBytesView), flags: 1), .resourceExhausted)
    }

    @Test("a conversation byte by byte is the same as in one write")
    func slices() async throws {
        let hello = try TestClient.bytes(.hello(Wire.Hello(version: 1)))
        let pings = try (1...3).flatMap { try TestClient.bytes(.ping(Wire.Ping(data: [$0]))) }
        for slice in [1, 7, 10_000] {
            try await Fixture.run { fixture in
                let client = try await fixture.connect()
                var rest = (hello + pings)[...]
                while !rest.isEmpty {
                    try await client.send(bytes: Array(rest.prefix(slice)))
                    rest = rest.dropFirst(slice)
                }
                guard case .welcome = try await client.receive(on: 0) else {
                    throw TestFailure("no welcome")
                }
                for number in UInt8(1)...3 {
                    let pong = try await client.receive(on: 0)
                    #expect(pong == .pong(Wire.Pong(data: [number])))
                }
            }
        }
    }

    @Test("an invalid text is an error of its call, and names the field")
    func invalidText() async throws {
        try await Fixture.run { fixture in
            let client = try await fixture.client()
            let job = Wire.NewJob(worker: "Worker", queue: "ABCD")
            let request = Wire.ClientFrame.Body.asyncRequest(Wire.AsyncRequest(jobs: [job]))
            var bytes = try TestClient.bytes(request, on: 3)
            guard let place = bytes.firstIndex(of: UInt8(ascii: "A")) else {
                throw TestFailure("the queue is not in the frame")
            }
            bytes[place] = 0xFF
            try await client.send(bytes: bytes)
            let status = try await client.receiveStatus(on: 3)
            #expect(status.code == StatusCode.invalidArgument.rawValue)
            #expect(status.violations.map(\.field) == ["jobs[0].queue"])
            #expect(try await client.isAlive())
        }
    }
}
