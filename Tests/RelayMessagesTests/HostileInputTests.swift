import NIOCore
import Testing

@testable import RelayMessages

// The time bounds are for an unoptimized build on a busy machine; what they rule out takes seconds.
@Suite("Hostile messages of 4 MiB")
struct HostileInputTests {
    private static let size = 4 << 20

    @Test("Two million empty sub-messages, elements, strings or unknown fields are refused")
    func tooManyFields() {
        let pairs: [(type: any CodedMessage.Type, pair: [UInt8], field: String)] = [
            (Wire.AsyncRequest.self, [0x12, 0x00], "jobs[131072]"),
            (Wire.AwaitManyRequest.self, [0x0A, 0x00], "relays[131072]"),
            (Wire.NewJob.self, [0x32, 0x00], "tags[131072]"),
            (Wire.Relay.self, [0x78, 0x00], "field 15"),
            (Wire.Relay.self, [0x7A, 0x00], "field 15"),
            (Wire.Relay.self, [0x08, 0x01], "job_id"),
            (Wire.Relay.self, [0x1A, 0x00], "instance"),
        ]
        for (type, pair, field) in pairs {
            expect(type, repeating: pair, .tooManyFields, field)
        }
    }

    @Test("A sub-message twice is refused at once, so the quadratic merge cannot happen")
    func quadraticMerge() {
        let unique = WireWriter.delimited(10, WireWriter.delimited(2, "args".utf8))
        expect(Wire.NewJob.self, repeating: unique, .duplicateField, "unique")
        expect(Wire.AwaitRequest.self, repeating: [0x0A, 0x00], .duplicateField, "relay")
        expect(Wire.Value.self, repeating: [0x0A, 0x00], .duplicateField, "json")
    }

    @Test("A million short fields in the bounds run out of memory at the cap")
    func memoryCap() {
        var limits = DecodeLimits()
        limits.fields = .max
        let bytes = ByteBuffer(repeating: [0x08, 0x01], size: 3_000_000)
        expectRefusal(Wire.Relay.self, bytes, limits, .memory, "")
    }

    @Test("Memory that runs out is told with the call")
    func memoryOfCall() throws {
        var limits = DecodeLimits()
        (limits.memoryFactor, limits.memoryBase) = (0, 100)
        var buffer = ByteBuffer()
        Wire.ClientFrame(callID: 77, body: .ping(Wire.Ping(data: [1, 2, 3]))).encode(into: &buffer)
        let error = #expect(throws: DecodeError.self) {
            try Wire.ClientFrame.decode(buffer, limits: limits)
        }
        #expect(error == DecodeError(code: .memory, callID: 77))
    }

    @Test("Every limit of memory gives the message or a refusal", arguments: [0, 1, 7])
    func everyMemoryLimit(shift: Int) throws {
        let frame = Wire.ClientFrame(
            callID: 1,
            body: .asyncRequest(
                Wire.AsyncRequest(
                    instance: "billing",
                    jobs: (0..<40).map {
                        Wire.NewJob(worker: "W\($0)", tags: ["a", "b"], expiresIn: Wire.Duration())
                    }
                )
            )
        )
        var buffer = ByteBuffer()
        frame.encode(into: &buffer)
        var limits = DecodeLimits()
        limits.memoryFactor = 0
        var refused = 0
        for base in stride(from: shift, to: 40_000, by: 97) {
            limits.memoryBase = base
            do {
                #expect(try Wire.ClientFrame.decode(buffer, limits: limits) == frame)
            } catch {
                #expect(error.code == .memory)
                refused += 1
            }
        }
        #expect(refused > 10)
    }

    @Test("100,000 relays of four fields are awaited in one message")
    func manyRelays() throws {
        let relays = (1...100_000).map {
            Wire.Relay(
                jobID: Int64($0) << 20,
                ref: [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 16),
                instance: "billing",
                duplicate: true
            )
        }
        let frame = Wire.ClientFrame(
            callID: 1,
            body: .awaitManyRequest(Wire.AwaitManyRequest(relays: relays))
        )
        var buffer = ByteBuffer()
        frame.encode(into: &buffer)
        #expect(buffer.readableBytes < Self.size)
        #expect(try Wire.ClientFrame.decode(buffer) == frame)
    }

    @Test("Memory is refused for what is needed, not for how it is handed out")
    func memoryIsUsed() throws {
        let request = Wire.AwaitManyRequest(
            relays: (0..<20_000).map { _ in Wire.Relay(jobID: 1, ref: [1], instance: "a") }
        )
        var buffer = ByteBuffer()
        request.encode(into: &buffer)
        // Of each relay protobuf-c keeps 40 bytes while it scans, 8 in the list, 64 and twice 16.
        var limits = DecodeLimits()
        (limits.memoryFactor, limits.memoryBase) = (0, 20_000 * (80 + 8 + 64 + 32) * 5 / 4)
        #expect(try Wire.AwaitManyRequest.decode(buffer, limits: limits) == request)
    }

    @Test("The smallest relays of an AwaitMany fit the memory cap too")
    func smallestRelays() throws {
        let request = Wire.AwaitManyRequest(
            relays: (0..<100_000).map { Wire.Relay(jobID: $0 & 1, ref: [0], duplicate: true) }
        )
        var buffer = ByteBuffer()
        request.encode(into: &buffer)
        #expect(try Wire.AwaitManyRequest.decode(buffer) == request)
    }

    @Test("Nesting over the limit is refused")
    func depth() throws {
        let request = Wire.AsyncRequest(jobs: [
            Wire.NewJob(unique: Wire.Unique(period: Wire.Duration(seconds: 1)))
        ])
        let frame = Wire.ClientFrame(callID: 9, body: .asyncRequest(request))
        var buffer = ByteBuffer()
        frame.encode(into: &buffer)
        var limits = DecodeLimits()
        limits.depth = 5
        #expect(try Wire.ClientFrame.decode(buffer, limits: limits) == frame)
        limits.depth = 4
        let error = #expect(throws: DecodeError.self) {
            try Wire.ClientFrame.decode(buffer, limits: limits)
        }
        #expect(error?.code == .tooDeep)
        #expect(error?.field == "async_request.jobs[0].unique.period")
        #expect(error?.callID == 9)
    }

    @Test(
        "Nesting that the contract does not know is one unknown field",
        arguments: [600, 12_000, 20_000]
    )
    func unknownNesting(levels: Int) throws {
        var nested: [UInt8] = []
        for _ in 0..<levels {
            nested = WireWriter.delimited(15, nested)
        }
        #expect(try Wire.Abandon.decode(ByteBuffer(bytes: nested)) == Wire.Abandon())
    }

    @Test("Text of 4 MiB is read, and refused for one wrong byte at its end")
    func longText() throws {
        for piece in ["a", "ä", "日", "🚂"] {
            var text = Array(String(repeating: piece, count: Self.size / piece.utf8.count).utf8)
            let message = try Wire.Exception.decode(
                ByteBuffer(bytes: WireWriter.delimited(2, text))
            )
            #expect(message.message.utf8.elementsEqual(text))
            text.append(0)
            let bytes = ByteBuffer(bytes: WireWriter.delimited(2, text))
            expectRefusal(Wire.Exception.self, bytes, DecodeLimits(), .invalidText, "message")
        }
    }

    private func expect(
        _ type: any CodedMessage.Type,
        repeating piece: [UInt8],
        _ code: DecodeError.Code,
        _ field: String
    ) {
        let bytes = ByteBuffer(repeating: piece, size: Self.size)
        expectRefusal(type, bytes, DecodeLimits(), code, field)
    }

    private func expectRefusal(
        _ type: any CodedMessage.Type,
        _ bytes: ByteBuffer,
        _ limits: DecodeLimits,
        _ code: DecodeError.Code,
        _ field: String
    ) {
        let elapsed = ContinuousClock().measure {
            let error = #expect(throws: DecodeError.self) { try type.decode(bytes, limits: limits) }
            #expect(error?.code == code)
            #expect(error?.field == field)
        }
        #expect(elapsed < .seconds(3))
    }
}

extension ByteBuffer {
    /// The same bytes again and again, so that they fill `size`.
    fileprivate init(repeating piece: [UInt8], size: Int) {
        self.init(bytes: piece)
        while readableBytes < size {
            let half = getSlice(at: 0, length: min(readableBytes, size - readableBytes))
            half.map { _ = writeImmutableBuffer($0) }
        }
    }
}
