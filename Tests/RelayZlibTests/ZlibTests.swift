import NIOCore
import RelayZlib
import Testing

@Suite("zlib streams")
struct ZlibTests {
    /// Python's `zlib.compress(b"relay relay relay relay", 1)`.
    static let relay: [UInt8] = [
        0x78, 0x01, 0x2B, 0x4A, 0xCD, 0x49, 0xAC, 0x54, 0x28, 0x42, 0x27, 0x01, 0x69, 0xDF, 0x08,
        0xD5,
    ]

    @Test("What was deflated inflates to itself, at every level", arguments: 0...9)
    func roundTrip(level: Int) throws {
        let deflater = Deflater()
        let inflater = Inflater()
        for count in [0, 1, 255, 256, 257, 70_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
            let packed = try deflater.deflate(bytes, level: level)
            #expect(try inflater.inflate(packed, limit: count) == bytes)
        }
    }

    @Test("A deflater that is used again writes what a new one writes")
    func reuse() throws {
        let kept = Deflater()
        for level in [1, 6, 1, 9, 9, 0, 1] {
            let bytes = Array("level \(level), and again level \(level)".utf8)
            let packed = try kept.deflate(bytes, level: level)
            #expect(try packed == Deflater().deflate(bytes, level: level))
        }
    }

    @Test("Output of exactly the limit passes; one byte more is too large")
    func limit() throws {
        let packed = try Deflater().deflate([UInt8](repeating: 7, count: 5_000))
        let inflater = Inflater()
        #expect(try inflater.inflate(packed, limit: 5_000).count == 5_000)
        #expect(throws: ZlibError.tooLarge) { try inflater.inflate(packed, limit: 4_999) }
        #expect(throws: ZlibError.tooLarge) { try inflater.inflate(packed, limit: 0) }
    }

    @Test("A bomb of 64 MiB ends at the limit, in milliseconds")
    func bomb() throws {
        let bomb = try Deflater().deflate([UInt8](repeating: 0, count: 64 << 20), level: 9)
        #expect(bomb.count < 70_000)
        let inflater = Inflater()
        let elapsed = ContinuousClock().measure {
            #expect(throws: ZlibError.tooLarge) { try inflater.inflate(bomb, limit: 4 << 20) }
        }
        #expect(elapsed < .milliseconds(500))
    }

    @Test("A stream that is cut short anywhere is malformed")
    func truncated() throws {
        let packed = try Deflater().deflate(Array("a stream that will be cut short".utf8))
        let inflater = Inflater()
        for count in 0..<packed.count {
            #expect(throws: ZlibError.malformed) {
                try inflater.inflate(Array(packed.prefix(count)), limit: 1_000)
            }
        }
    }

    @Test("Bytes after the stream are malformed, also another stream")
    func trailing() throws {
        let packed = try Deflater().deflate(Array("one".utf8))
        let inflater = Inflater()
        #expect(throws: ZlibError.malformed) { try inflater.inflate(packed + [0], limit: 100) }
        #expect(throws: ZlibError.malformed) { try inflater.inflate(packed + packed, limit: 100) }
    }

    @Test("Empty input is malformed")
    func empty() {
        #expect(throws: ZlibError.malformed) { try Inflater().inflate([UInt8](), limit: 100) }
    }

    @Test("A stream with a preset dictionary is malformed")
    func dictionary() {
        // Python: zlib.compressobj(zdict=b"relay").compress(b"relay").
        let packed: [UInt8] = [
            0x78, 0xBB, 0x06, 0x52, 0x02, 0x1E, 0x2B, 0x02, 0x11, 0x00, 0x06, 0x52, 0x02, 0x1E,
        ]
        #expect(throws: ZlibError.malformed) { try Inflater().inflate(packed, limit: 100) }
    }

    @Test("Other formats are malformed: gzip, raw deflate, text")
    func otherFormats() {
        let gzip: [UInt8] = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let raw: [UInt8] = [0x03, 0x00]
        for bytes in [gzip, raw, Array("plain text".utf8)] {
            #expect(throws: ZlibError.malformed) { try Inflater().inflate(bytes, limit: 100) }
        }
    }

    @Test("A flipped bit never crashes, and never gives other bytes than were deflated")
    func flippedBits() throws {
        let bytes = Array("the checksum at the end finds what the decoder does not".utf8)
        let packed = try Deflater().deflate(bytes)
        let inflater = Inflater()
        for bit in 0..<packed.count * 8 {
            var damaged = packed
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let inflated = try? inflater.inflate(damaged, limit: 1_000)
            #expect(inflated == nil || inflated == bytes)
        }
    }

    @Test("An inflater works on after input that it refused")
    func recovers() throws {
        let inflater = Inflater()
        let bytes = Array("relay relay relay relay".utf8)
        for _ in 0..<3 {
            #expect(throws: ZlibError.malformed) {
                try inflater.inflate(Array(Self.relay.dropLast()), limit: 100)
            }
            #expect(throws: ZlibError.tooLarge) { try inflater.inflate(Self.relay, limit: 5) }
            #expect(try inflater.inflate(Self.relay, limit: 100) == bytes)
        }
    }

    @Test("A buffer is read from its reader index, and left as it was")
    func buffers() throws {
        var buffer = ByteBuffer(bytes: [1, 2, 3] + Self.relay)
        buffer.moveReaderIndex(forwardBy: 3)
        let before = buffer
        let inflated = try Inflater().inflate(buffer, limit: 100)
        #expect(String(buffer: inflated) == "relay relay relay relay")
        #expect(buffer == before)
        let again = try Deflater().deflate(inflated)
        #expect(try Inflater().inflate(again, limit: 100) == inflated)
    }
}
