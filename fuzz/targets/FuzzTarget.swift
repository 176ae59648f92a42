internal import NIOCore
internal import RelayCore
internal import RelayMessages
internal import RelayStore
internal import RelayWire
internal import RelayZlib

/// What is fed with bytes of chance: everything that reads what strangers send.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Framing: limits before slices, compressed frames.
    case frames
    /// The look before protobuf-c unpacks, and the unpacking.
    case messages
    /// Inflating with a bound.
    case inflate
    /// Erlang's external term format, as recorded results hold it.
    case terms
    /// A connection from its first byte on.
    case connection

    /// The most bytes of a message here: small, so that its limits are met often.
    private static let messageLimit = 64 * 1024
    /// The most bytes that may come out of an inflation here.
    private static let inflateLimit = 1024 * 1024

    /// Reads the bytes; whatever they are, it must return, within its limits.
    package func run(_ bytes: [UInt8]) {
        switch self {
        case .frames: Self.frames(bytes)
        case .messages: Self.messages(bytes)
        case .inflate: Self.inflate(bytes)
        case .terms: Self.terms(bytes)
        case .connection: Self.connection(bytes)
        }
    }

    /// The first byte says in what pieces the others arrive: the frames must be the same in any.
    private static func frames(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let whole = frames(bytes.dropFirst(), in: bytes.count)
        let sliced = frames(bytes.dropFirst(), in: Int(first) + 1)
        precondition(whole == sliced, "the frames depend on how their bytes were sliced")
    }

    private static func frames(_ bytes: ArraySlice<UInt8>, in pieces: Int) -> [ByteBuffer] {
        var decoder = FrameDecoder(limit: messageLimit, zlib: FrameZlib())
        var frames: [ByteBuffer] = []
        var rest = bytes
        while !rest.isEmpty {
            decoder.append(ByteBuffer(bytes: rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
            do throws(FrameError) {
                while let frame = try decoder.next() {
                    precondition(frame.readableBytes <= messageLimit, "a frame is over the limit")
                    frames.append(frame)
                }
            } catch {
                return frames
            }
        }
        return frames
    }

    /// What is read and written again must be read as the same.
    private static func messages(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let buffer = ByteBuffer(bytes: bytes.dropFirst())
        if first & 1 == 0 {
            same(Wire.ClientFrame.self, buffer)
        } else {
            same(Wire.ServerFrame.self, buffer)
        }
    }

    private static func same<Message: WireMessage & Equatable>(
        _ type: Message.Type,
        _ bytes: ByteBuffer
    ) {
        guard let message = try? Message.decode(bytes, limits: DecodeLimits()) else { return }
        var written = ByteBuffer()
        message.encode(into: &written)
        let again = try? Message.decode(written, limits: DecodeLimits())
        precondition(again == message, "a message changes when it is written and read")
    }

    private static func inflate(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let limit = min(inflateLimit, 1 << (first & 31))
        if let out = try? Inflater().inflate(Array(bytes.dropFirst()), limit: limit) {
            precondition(out.count <= limit, "more came out than the limit")
        }
    }

    private static func terms(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let base64 = Base64.encode(Array(bytes.dropFirst()), .standard)
        _ = RecordedResult.read(base64, contentType: first & 1 == 0 ? nil : "a/b")
    }

    /// The bytes of a client, all of which the machine judges as the gateway lets it.
    private static func connection(_ bytes: [UInt8]) {
        var now = MonotonicTime(nanoseconds: 0)
        var machine = ServerConnectionMachine(rules: ConnectionRules(), now: now)
        var decoder = FrameDecoder(limit: messageLimit, zlib: FrameZlib())
        decoder.append(ByteBuffer(bytes: bytes))
        do throws(FrameError) {
            while let payload = try decoder.next() {
                now = now + .milliseconds(1)
                machine.heard(midFrame: decoder.isMidFrame, wholeFrame: true, now: now)
                do throws(DecodeError) {
                    let frame = try Wire.ClientFrame.decode(payload, limits: DecodeLimits())
                    switch machine.received(frame, hasUnknownBody: false) {
                    case .check: _ = machine.helloChecked(refusal: nil, now: now)
                    case .begin(let key, _): _ = machine.answering(key, isLast: key.id % 2 == 0)
                    case .close: return
                    default: break
                    }
                } catch {
                    if let callID = error.callID { _ = machine.receivedUndecodable(callID: callID) }
                }
                _ = machine.deadline
            }
        } catch {
            return
        }
    }
}
