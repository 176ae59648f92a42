import NIOCore
import Testing

@testable import RelayMessages

@Suite("Random and damaged messages, from fixed seeds")
struct RandomMessageTests {
    @Test("A random message comes back from its bytes", arguments: MessageRule.allCases)
    func roundTrip(rule: MessageRule) throws {
        let type = try messageType(rule)
        var numbers = SeededNumbers(state: UInt64(rule.rawValue))
        for _ in 0..<100 {
            let bytes = randomMessage(rule, using: &numbers, depth: 0)
            try expectStable(type, type.decode(ByteBuffer(bytes: bytes)))
        }
    }

    @Test("What the pre-scan accepts, protobuf-c accepts too: 100,000 damaged frames")
    func mutations() throws {
        let golden: [GoldenFrames.Accepted] = try GoldenFrames.load("accepted")
        let frames = try golden.map { (try messageType(named: $0.message), bytes(hex: $0.hex)) }
        var numbers = SeededNumbers(state: 42)
        var accepted = 0
        for round in 0..<100_000 {
            var (type, damaged) = frames[round % frames.count]
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                damage(&damaged, using: &numbers)
            }
            if try expectSameVerdict(type, damaged) { accepted += 1 }
        }
        #expect(accepted > 1_000, "too few of the damaged frames say anything about protobuf-c")
    }

    @Test("Random bytes are refused or a message, never a crash")
    func noise() throws {
        var numbers = SeededNumbers(state: 7)
        for round in 0..<20_000 {
            let noise = (0..<Int.random(in: 0..<64, using: &numbers)).map { _ in
                UInt8.random(in: 0...255, using: &numbers)
            }
            let type = messageTypes[round % messageTypes.count]
            _ = try expectSameVerdict(type, noise)
        }
    }

    /// Expects that protobuf-c refuses nothing that the pre-scan lets through.
    private func expectSameVerdict(
        _ type: any CodedMessage.Type,
        _ bytes: [UInt8]
    ) throws -> Bool {
        let buffer = ByteBuffer(bytes: bytes)
        do {
            try PreScan.check(
                buffer.readableBytesUInt8Span,
                as: type.rule,
                limits: DecodeLimits()
            )
        } catch {
            #expect(throws: error) { try type.decode(buffer) }
            return false
        }
        try expectStable(type, type.decode(buffer))
        return true
    }

    /// Expects that a message is the same after encoding and decoding.
    private func expectStable<Message: CodedMessage>(
        _ type: Message.Type,
        _ message: any WireMessage
    ) throws {
        var buffer = ByteBuffer()
        message.encode(into: &buffer)
        let again = try Message.decode(buffer)
        // One expectation for all three: this runs 100,000 times.
        let isStable =
            buffer.readableBytes == message.encodedByteCount && again == message as? Message
        #expect(isStable, "\(message) came back as \(again)")
    }

    private func damage(_ bytes: inout [UInt8], using numbers: inout SeededNumbers) {
        guard let at = bytes.indices.randomElement(using: &numbers) else {
            bytes.append(UInt8.random(in: 0...255, using: &numbers))
            return
        }
        switch Int.random(in: 0..<6, using: &numbers) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        case 2: bytes.remove(at: at)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: at)
        case 4: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &numbers) ?? 0
        default: bytes += bytes[at...]
        }
    }

    /// Bytes of a message with about half of its fields.
    private func randomMessage(
        _ rule: MessageRule,
        using numbers: inout SeededNumbers,
        depth: Int
    ) -> [UInt8] {
        var writer = WireWriter()
        var seen: UInt32 = 0
        for declaration in Schema.declarations where declaration.message == rule {
            let field = declaration.rule
            guard Bool.random(using: &numbers), seen & field.once == 0 else { continue }
            seen |= field.once
            for _ in 0..<(field.isRepeated ? Int.random(in: 1...4, using: &numbers) : 1) {
                switch field.kind {
                case .varint:
                    let bits = UInt64.random(in: 0..<64, using: &numbers)
                    writer.number(
                        declaration.number,
                        UInt64.random(in: 0...UInt64.max, using: &numbers) >> bits
                    )
                case .enumeration:
                    let value = UInt64.random(in: 0...UInt64(field.last), using: &numbers)
                    writer.number(declaration.number, value)
                case .string:
                    let count = Int.random(in: 0..<40, using: &numbers)
                    let text = (0..<count).map { _ in
                        ["a", "ä", "€", "🚂", "\u{1}"].randomElement(using: &numbers) ?? ""
                    }
                    writer.delimited(declaration.number, text.joined().utf8)
                case .bytes:
                    let count = Int.random(in: 0..<200, using: &numbers)
                    writer.delimited(declaration.number, (0..<count).map { UInt8($0) })
                case .message:
                    let content = randomMessage(field.message, using: &numbers, depth: depth + 1)
                    writer.delimited(declaration.number, content)
                case .unknown: break
                }
            }
        }
        return writer.bytes
    }
}
