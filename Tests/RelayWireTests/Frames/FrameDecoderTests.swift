import NIOCore
import RelayMessages
import RelayWire
import RelayZlib
import Testing

@Suite("Frames are cut from a stream of bytes")
struct FrameDecoderTests {
    private let limit = 1_000

    private func frame(_ payload: [UInt8], flags: UInt8 = 0) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(flags)
        buffer.writeInteger(UInt32(payload.count))
        buffer.writeBytes(payload)
        return buffer
    }

    private func packed(_ payload: [UInt8]) throws -> [UInt8] {
        try Deflater().deflate(payload)
    }

    @Test("three frames of one write come one by one")
    func threeInOneWrite() throws {
        var bytes = frame([1])
        bytes.writeImmutableBuffer(frame([2, 2]))
        bytes.writeImmutableBuffer(frame([]))
        var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
        decoder.append(bytes)
        #expect(try decoder.next() == ByteBuffer(bytes: [1]))
        #expect(try decoder.next() == ByteBuffer(bytes: [2, 2]))
        #expect(try decoder.next() == ByteBuffer())
        #expect(try decoder.next() == nil)
        #expect(!decoder.isMidFrame)
    }

    @Test("byte by byte gives the same frames as all at once")
    func dripFed() throws {
        let payloads: [[UInt8]] = [Array(0...99), [], Array(repeating: 7, count: 900)]
        var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
        var seen: [[UInt8]] = []
        for payload in payloads {
            for flags in [UInt8(0), 1] where flags == 0 || !payload.isEmpty {
                let bytes = flags == 1 ? try packed(payload) : payload
                for byte in frame(bytes, flags: flags).readableBytesView {
                    decoder.append(ByteBuffer(bytes: [byte]))
                    while let whole = try decoder.next() {
                        seen.append(Array(whole.readableBytesView))
                    }
                }
            }
        }
        #expect(seen == [payloads[0], payloads[0], [], payloads[2], payloads[2]])
        #expect(!decoder.isMidFrame)
    }

    @Test("any flag but bit 0 is refused by the first byte alone", arguments: UInt8(2)...255)
    func reservedFlags(flags: UInt8) {
        var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
        decoder.append(ByteBuffer(bytes: [flags]))
        #expect(throws: FrameError.reservedFlags(flags)) { try decoder.next() }
    }

    @Test("a length over the limit is refused from the header, with nothing kept")
    func tooLong() {
        var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
        decoder.append(ByteBuffer(bytes: [0, 0xFF, 0xFF, 0xFF, 0xFF]))
        #expect(throws: FrameError.tooLong(byteCount: 0xFFFF_FFFF, limit: limit)) {
            try decoder.next()
        }
    }

    @Test("a length at the limit is taken, one more is not")
    func limitIsExact() throws {
        var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
        decoder.append(frame(Array(repeating: 1, count: limit)))
        #expect(try decoder.next()?.readableBytes == limit)
        decoder.append(frame(Array(repeating: 1, count: limit + 1)))
        #expect(throws: FrameError.tooLong(byteCount: limit + 1, limit: limit)) {
            try decoder.next()
        }
    }

    @Test("a zlib bomb is refused at the limit")
    func bomb() throws {
        let bomb = try packed(Array(repeating: 0, count: 100_000))
        #expect(bomb.count <= limit)
        var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
        decoder.append(frame(bomb, flags: 1))
        #expect(throws: FrameError.inflatedTooLong(limit: limit)) { try decoder.next() }
    }

    @Test("what is not one whole zlib stream is refused")
    func badZlib() throws {
        let good = try packed(Array("some text".utf8))
        let gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        for bytes in [[], [1, 2, 3], Array(good.dropLast()), good + [0], good + good, gzip] {
            var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
            decoder.append(frame(bytes, flags: 1))
            #expect(throws: FrameError.badCompression) { try decoder.next() }
        }
    }

    @Test("a compressed frame is refused where that was not agreed")
    func compressionNotAccepted() throws {
        var decoder = FrameDecoder(limit: limit, zlib: nil)
        decoder.append(frame(try packed([1]), flags: 1))
        #expect(throws: FrameError.compressionNotAccepted) { try decoder.next() }
    }

    @Test("a frame that has begun is known to be unfinished")
    func midFrame() throws {
        var decoder = FrameDecoder(limit: limit, zlib: FrameZlib())
        #expect(!decoder.isMidFrame)
        decoder.append(ByteBuffer(bytes: [0, 0, 0, 0, 2]))
        #expect(try decoder.next() == nil)
        #expect(decoder.isMidFrame)
        decoder.append(ByteBuffer(bytes: [1, 2]))
        #expect(try decoder.next() != nil)
        #expect(!decoder.isMidFrame)
    }
}
