import NIOCore
import Testing

@testable import RelayMessages

@Suite("Golden frames of Python's protobuf")
struct GoldenFrameTests {
    @Test("An accepted frame means what Python meant")
    func meanings() throws {
        let frames: [GoldenFrames.Accepted] = try GoldenFrames.load("accepted")
        #expect(frames.count > 60)
        for frame in frames {
            let type = try messageType(named: frame.message)
            let message = try type.decode(ByteBuffer(bytes: bytes(hex: frame.hex)))
            #expect(JSONValue(meaningOf: message) == frame.fields, "\(frame.name)")
        }
    }

    @Test("An accepted frame is encoded as Python encoded it, byte for byte")
    func encodings() throws {
        let frames: [GoldenFrames.Accepted] = try GoldenFrames.load("accepted")
        for frame in frames {
            let type = try messageType(named: frame.message)
            let message = try type.decode(ByteBuffer(bytes: bytes(hex: frame.hex)))
            #expect(encoded(message) == frame.hex, "\(frame.name)")
            #expect(message.encodedByteCount == frame.hex.utf8.count / 2, "\(frame.name)")
        }
    }

    @Test("A frame that is forgiven is encoded as it should have been")
    func forgiven() throws {
        let frames: [GoldenFrames.Forgiven] = try GoldenFrames.load("forgiven")
        #expect(!frames.isEmpty)
        for frame in frames {
            let type = try messageType(named: frame.message)
            let message = try type.decode(ByteBuffer(bytes: bytes(hex: frame.hex)))
            #expect(encoded(message) == frame.encoded, "\(frame.name)")
        }
    }

    @Test("A frame that is refused names the field and never its value")
    func refused() throws {
        let frames: [GoldenFrames.Refused] = try GoldenFrames.load("refused")
        #expect(frames.count > 50)
        for frame in frames {
            let type = try messageType(named: frame.message)
            do {
                _ = try type.decode(ByteBuffer(bytes: bytes(hex: frame.hex)))
                Issue.record("accepted: \(frame.name)")
            } catch {
                #expect("\(error.code)" == frame.code, "\(frame.name)")
                #expect(error.field == frame.field, "\(frame.name)")
            }
        }
    }

    @Test("Every frame cut short anywhere is refused or still a message")
    func truncated() throws {
        let frames: [GoldenFrames.Accepted] = try GoldenFrames.load("accepted")
        for frame in frames {
            let type = try messageType(named: frame.message)
            let whole = bytes(hex: frame.hex)
            for count in 0..<whole.count {
                let cut = ByteBuffer(bytes: whole.prefix(count))
                guard let message = try? type.decode(cut) else { continue }
                #expect(message.encodedByteCount <= count, "\(frame.name) at \(count)")
            }
        }
    }

    private func encoded(_ message: some WireMessage) -> String {
        var buffer = ByteBuffer()
        message.encode(into: &buffer)
        return hex(buffer.readableBytesView)
    }
}
