import NIOConcurrencyHelpers
import NIOCore
import RelayClient
import RelayMessages
import Testing

@Suite struct ConnectionTests {
    @Test func aRefusedConnectionNamesTheAddress() async throws {
        // A port of our own that is free now may be taken by another test before we connect.
        let address = "127.0.0.1:1"
        var configuration = RelayClientConfiguration(address: try #require(ServerAddress(address)))
        // The refusal comes at once, but a test may have to wait for its turn to hear of it.
        configuration.connectTimeout = .seconds(60)
        let error = await #expect(throws: RelayError.self) {
            _ = try await RelayClient.connect(configuration)
        }
        #expect(error?.code == .unavailable)
        #expect(
            error?.message == "no gateway can be reached at \(address): nothing listens there"
        )
    }

    @Test func aMissingSocketNamesThePath() async throws {
        let error = await #expect(throws: RelayError.self) {
            _ = try await RelayClient.connect(to: "unix:/nonexistent/relay.sock")
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("/nonexistent/relay.sock") == true)
    }

    @Test func anAddressThatIsNoneIsRefused() async throws {
        let error = await #expect(throws: RelayError.self) {
            _ = try await RelayClient.connect(to: "host:0")
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test func aTokenThatIsRefusedIsAnError() async throws {
        let gateway = try await ScriptedGateway.start(greets: false) { frame, peer in
            guard case .hello(let hello) = frame.body, hello.token == "wrong" else { return }
            peer.send(.status(Wire.Status(code: 16, message: "no", reason: "TOKEN_REFUSED")))
            peer.close()
        }
        let error = await #expect(throws: RelayError.self) {
            _ = try await RelayClient.connect(to: gateway.address, token: "wrong")
        }
        #expect(error?.code == .unauthenticated)
        try await gateway.stop()
    }

    @Test func aServerThatNeverGreetsTimesOut() async throws {
        let gateway = try await ScriptedGateway.start(greets: false) { _, _ in }
        let address = try #require(ServerAddress(gateway.address))
        var configuration = RelayClientConfiguration(address: address)
        configuration.connectTimeout = .milliseconds(50)
        let error = await #expect(throws: RelayError.self) {
            _ = try await RelayClient.connect(configuration)
        }
        #expect(error?.code == .unavailable)
        try await gateway.stop()
    }

    @Test func aServerThatSpeaksAnotherProtocolIsToldApart() async throws {
        let gateway = try await ScriptedGateway.start(greets: false) { _, peer in
            // The alert with which TLS refuses what is none.
            peer.channel.writeAndFlush(ByteBuffer(bytes: [21, 3, 3, 0, 2, 2, 10]), promise: nil)
        }
        let error = await #expect(throws: RelayError.self) {
            _ = try await RelayClient.connect(to: gateway.address)
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("does it want TLS?") == true)
        try await gateway.stop()
    }

    @Test func aLostConnectionFailsOpenCallsAndTheNextCallMakesANewOne() async throws {
        let isFirst = NIOLockedValueBox(true)
        try await withClient { frame, peer in
            let drop = isFirst.withLockedValue { first in
                defer { first = false }
                return first
            }
            if drop {
                peer.close()
            } else {
                peer.send(.asyncResponse(Wire.AsyncResponse(relays: [.test(5)])), on: frame.callID)
            }
        } body: { client, gateway in
            let error = await #expect(throws: RelayError.self) {
                _ = try await client.async(NewJob(worker: "W"))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(gateway.address) == true)
            let relay = try await client.async(NewJob(worker: "W"))
            #expect(relay.jobID == 5)
        }
    }

    @Test func afterGoAwayOpenCallsFinishAndNewOnesGoElsewhere() async throws {
        let first = NIOLockedValueBox<(ScriptedGateway.Peer, UInt64)?>(nil)
        try await withClient { frame, peer in
            let held = first.withLockedValue { first in
                guard first == nil else { return first }
                first = (peer, frame.callID)
                return nil
            }
            guard let held else {
                peer.send(.goAway(Wire.GoAway(reason: "test")))
                return
            }
            peer.send(.asyncResponse(Wire.AsyncResponse(relays: [.test(2)])), on: frame.callID)
            held.0.send(.asyncResponse(Wire.AsyncResponse(relays: [.test(1)])), on: held.1)
        } body: { client, gateway in
            async let early = client.async(NewJob(worker: "early"))
            var frames = gateway.frames.makeAsyncIterator()
            while let frame = await frames.next() {
                if case .asyncRequest = frame.body { break }
            }
            while client.takesCalls { await Task.yield() }
            let late = try await client.async(NewJob(worker: "late"))
            #expect(late.jobID == 2)
            #expect(try await early.jobID == 1)
            let hellos = gateway.received.count { if case .hello = $0.body { true } else { false } }
            #expect(hellos == 2)
        }
    }

    @Test func aClosedClientSaysSo() async throws {
        try await withClient { _, _ in
        } body: { client, _ in
            client.close()
            let error = await #expect(throws: RelayError.self) {
                _ = try await client.async(NewJob(worker: "W"))
            }
            #expect(error?.reason == "CLIENT_CLOSED")
        }
    }

    @Test func aRequestOverTheGatewaysLimitIsRefusedHere() async throws {
        let gateway = try await ScriptedGateway.start(greets: false) { frame, peer in
            switch frame.body {
            case .hello:
                peer.send(.welcome(Wire.Welcome(version: 1, maxMessageBytes: 1_000)))
            default:
                peer.send(.asyncResponse(Wire.AsyncResponse(relays: [.test(1)])), on: frame.callID)
            }
        }
        let client = try await RelayClient.connect(to: gateway.address)
        let text = String(repeating: "x", count: 2_000)
        let error = await #expect(throws: RelayError.self) {
            _ = try await client.async(NewJob(worker: "W", args: "{\"x\":\"\(text)\"}"))
        }
        #expect(error?.code == .resourceExhausted)
        _ = try await client.async(NewJob(worker: "W"))
        client.close()
        try await gateway.stop()
    }
}
