import Logging
import NIOCore
import NIOPosix
import RelayWeb
import ServiceLifecycle
import Testing

@Suite struct HealthTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Asks a server that reports these checks, and returns the whole answer.
    private func answer(_ path: String, checks: [HealthReport.Check]) async throws -> String {
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let server = WebServer(
            host: "127.0.0.1",
            port: 0,
            node: "n1",
            logger: quiet,
            onBound: { bound.yield($0) },
            report: { HealthReport(node: "n1", checks: checks) }
        )
        let group = ServiceGroup(services: [server], logger: quiet)
        async let run: Void = group.run()
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let text = try await get(path, port)
        await group.triggerGracefulShutdown()
        try await run
        return text
    }

    private func get(_ path: String, _ port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let request = "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            try await outbound.write(ByteBuffer(string: request))
            var text = ""
            for try await piece in inbound { text += String(buffer: piece) }
            return text
        }
    }

    @Test func aLivingProcessSaysSoWhateverIsTheMatter() async throws {
        let text = try await answer("/healthz", checks: [.init("postgres", problem: "gone")])
        #expect(text.hasPrefix("HTTP/1.1 200"))
        #expect(text.contains(#"{"node":"n1","status":"ok"}"#))
    }

    @Test func aNodeThatIsWellIsReady() async throws {
        let text = try await answer("/readyz", checks: [.init("postgres"), .init("draining")])
        #expect(text.hasPrefix("HTTP/1.1 200"))
        #expect(text.contains("application/json"))
        #expect(text.contains(#""status":"ready""#))
    }

    @Test func aNodeThatIsNotWellSaysWhy() async throws {
        let text = try await answer("/readyz", checks: [.init("postgres", problem: "gone")])
        #expect(text.hasPrefix("HTTP/1.1 503"))
        #expect(text.contains(#""postgres":"gone""#))
    }

    @Test func anUnknownPathIsNotFound() async throws {
        #expect(try await answer("/else", checks: []).hasPrefix("HTTP/1.1 404"))
    }
}
