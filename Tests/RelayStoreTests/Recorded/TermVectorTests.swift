import FoundationEssentials
import RelayCore
import RelayEngine
import Testing

@testable import RelayStore

/// The vectors of conformance/terms, which Oban for Python's encoder and Erlang itself wrote.
@Suite("Recorded terms", .timeLimit(.minutes(2)))
struct TermVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var term: Data
        var json: String?
        var data: Data?
        var error: Bool?

        var testDescription: String { name }
    }

    private static func load(_ name: String) throws -> [Vector] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "conformance/terms/\(name).json")
        return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
    }

    private func read(_ term: some Sequence<UInt8>) -> JobSnapshot.Result {
        let base64 = Data(term).base64EncodedString()
        let bare = base64.prefix { $0 != "=" }
        return RecordedResult.read(String(bare), contentType: nil)
    }

    @Test(
        "that Oban's languages write are read as the contract says, or refused",
        arguments: ["erlpack", "erlang"]
    )
    func reads(file: String) throws {
        let vectors = try Self.load(file)
        #expect(vectors.count > 50)
        for vector in vectors {
            switch (read(vector.term), vector.json, vector.data) {
            case (.value(.json(let text)), let json?, _):
                #expect(try JSONTree(text) == JSONTree(json), "\(vector.name): \(text.prefix(200))")
            case (.value(.data(let bytes, _)), _, let data?):
                #expect(bytes == Array(data), "\(vector.name)")
            case (.undecodable, nil, nil):
                #expect(vector.error == true, "\(vector.name)")
            case (let result, _, _):
                Issue.record("\(vector.name): \("\(result)".prefix(200))")
            }
        }
    }

    @Test("that we write are Erlang's own, byte for byte")
    func writes() throws {
        for vector in try Self.load("encode") {
            let json = try #require(vector.json)
            let plain = [Term.version] + (try TermEncoder.encode(json: json))
            if plain == Array(vector.term) { continue }
            // Or the same, compressed.
            let meta = try RecordedResult(.json(json), limit: 1 << 26).meta
            let packed = vector.term.base64EncodedString().prefix { $0 != "=" }
            #expect(meta.contains("\"return\":\"\(packed)\""), "\(vector.name)")
        }
    }

    @Test("that are cut short are refused", arguments: ["erlpack", "erlang"])
    func cut(file: String) throws {
        for vector in try Self.load(file) where vector.error != true && vector.term.count < 512 {
            for length in 0..<vector.term.count {
                guard case .undecodable = read(vector.term.prefix(length)) else {
                    Issue.record("\(vector.name), cut to \(length) bytes, is read")
                    break
                }
            }
        }
    }

    @Test(
        "that anybody damaged are read or refused, in bounded time",
        arguments: ["erlpack", "erlang"]
    )
    func damaged(file: String) throws {
        var random = SeededGenerator(seed: 7)
        for vector in try Self.load(file) where vector.term.count < 4_096 {
            for _ in 0..<200 {
                var bytes = Array(vector.term)
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 1..<max(2, bytes.count), using: &random)
                    guard bytes.indices.contains(place) else { continue }
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                if case .value(.json(let text)) = read(bytes) { _ = try JSONTree(text) }
            }
        }
    }

    @Test("with as many large integers as a message holds are turned in seconds")
    func manyLargeIntegers() throws {
        let number = String(repeating: "9", count: 4_000)
        let json = "[" + Array(repeating: number, count: 250).joined(separator: ",") + "]"
        let clock = ContinuousClock()
        let took = try clock.measure {
            let plain = try TermEncoder.encode(json: json)
            guard case .json(let text) = try TermDecoder.decode(plain, from: 0) else { return }
            #expect(text == json)
        }
        #expect(took < .seconds(10))
    }
}
