import FoundationEssentials
import FuzzTargets
import Testing

/// The corpus of `make fuzz`, with every input that ever crashed something, and a little chance of our own.
@Suite("What strangers may send")
struct ReplayTests {
    private func corpus(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "fuzz/corpus/\(target.rawValue)")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            (name: $0, bytes: [UInt8](try Data(contentsOf: folder.appending(path: $0))))
        }
    }

    @Test("is read, refused or answered as it was found once", arguments: FuzzTarget.allCases)
    func replay(target: FuzzTarget) throws {
        let inputs = try corpus(target)
        #expect(!inputs.isEmpty)
        for input in inputs { target.run(input.bytes) }
    }

    @Test("may be damaged in any way", arguments: FuzzTarget.allCases)
    func damage(target: FuzzTarget) throws {
        var chance = Chance(state: 0x5EED)
        for input in try corpus(target) where !input.bytes.isEmpty {
            for _ in 0..<20 {
                var bytes = input.bytes
                for _ in 0...(chance.next() % 4) {
                    guard !bytes.isEmpty else { break }
                    let place = Int(chance.next() % UInt64(bytes.count))
                    switch chance.next() % 3 {
                    case 0: bytes[place] ^= UInt8(truncatingIfNeeded: chance.next())
                    case 1: bytes.removeSubrange(place...)
                    default: bytes.insert(UInt8(truncatingIfNeeded: chance.next()), at: place)
                    }
                }
                target.run(bytes)
            }
        }
    }

    /// Marsaglia's xorshift: the same each time.
    private struct Chance {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
