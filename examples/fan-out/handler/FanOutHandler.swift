// The Swift side of the fan-out example: counts lines and words of a file, in process, on the queue `counts`.

import FoundationEssentials
import Logging
import Relay
import ServiceLifecycle
import UnixSignals

struct FileToRead: Codable, Sendable {
    var path: String
}

struct Counts: Codable, Sendable {
    var bytes: Int
    var lines: Int
    var words: Int
}

@main
struct FanOutHandler {
    static func main() async throws {
        guard let url = ProcessInfo.processInfo.environment["DATABASE_URL"] else {
            print("Set DATABASE_URL; `examples/fan-out/run` does.")
            return
        }
        var logger = Logger(label: "fan-out")
        logger.logLevel = .notice
        let relay = try RelayRuntime(
            RelayConfiguration(databaseURL: url, queues: ["counts": 8]),
            logger: logger
        )
        relay.handle("Count") { (file: FileToRead, _) in try count(file.path) }
        let group = ServiceGroup(
            services: [relay],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
    }

    private static func count(_ path: String) throws -> Counts {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw JobControl.discard(reason: "cannot read \(path)")
        }
        var counts = Counts(bytes: data.count, lines: 0, words: 0)
        var inWord = false
        for byte in data {
            if byte == UInt8(ascii: "\n") { counts.lines += 1 }
            let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
            if !isSpace && !inWord { counts.words += 1 }
            inWord = !isSpace
        }
        return counts
    }
}
