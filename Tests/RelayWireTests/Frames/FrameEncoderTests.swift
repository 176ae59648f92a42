import NIOCore
import RelayMessages
import RelayWire
import Testing

@Suite("Frames are written with their headers")
struct FrameEncoderTests {
    private func answer(_ text: String) -> Wire.ServerFrame {
        let value = Wire.Value(kind: .json(text))
        let result = Wire.AwaitResult(outcome: .ok(value))
        return Wire.ServerFrame(callID: 7, body: .awaitResponse(Wire.AwaitResponse(result: result)))
    }

    private func decoded(_ buffer: ByteBuffer) throws -> [Wire.ServerFrame] {
        var decoder = FrameDecoder(limit: 1 << 20, zlib: FrameZlib())
        decoder.append(buffer)
        var frames: [Wire.ServerFrame] = []
        while let payload = try decoder.next() {
            frames.append(try Wire.ServerFrame.decode(payload, limits: .client))
        }
        return frames
    }

    @Test("several frames in one buffer come out again")
    func roundTrip() throws {
        let encoder = FrameEncoder(limit: 1 << 20)
        var out = ByteBuffer()
        try encoder.encode(answer("1"), into: &out)
        try encoder.encode(answer("[2]"), into: &out)
        #expect(try decoded(out) == [answer("1"), answer("[2]")])
    }

    @Test("large frames are compressed if the peer accepts that, small ones never")
    func compression() throws {
        let large = answer("\"\(String(repeating: "a", count: 5_000))\"")
        for (frame, accepts, flag) in [(large, true, 1), (large, false, 0), (answer("1"), true, 0)]
        {
            var out = ByteBuffer()
            try FrameEncoder(limit: 1 << 20, zlib: accepts ? FrameZlib() : nil).encode(
                frame,
                into: &out
            )
            #expect(out.getInteger(at: 0, as: UInt8.self) == UInt8(flag))
            #expect(try decoded(out) == [frame])
        }
    }

    @Test("a frame over the limit is refused and leaves no trace")
    func tooLong() throws {
        let encoder = FrameEncoder(limit: 100)
        var out = ByteBuffer()
        try encoder.encode(answer("1"), into: &out)
        let before = out
        #expect(throws: FrameError.self) {
            try encoder.encode(answer("\"\(String(repeating: "a", count: 200))\""), into: &out)
        }
        #expect(out == before)
    }
}
