import NIOCore
import RelayCore
import RelayEngine
import RelayGateway
import RelayMessages
import RelayWire
import Testing

@Suite("The end of a worker's stream", .timeLimit(.minutes(1)))
struct WorkStreamEndTests {
    @Test("a lost connection detaches its executors at once")
    func lost() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            worker.executor.run([.test(1)])
            _ = try await worker.receive()
            try await worker.client.close()
            #expect(try await fixture.engine.nextDetach() == worker.id)
        }
    }

    @Test("an abandon detaches the executor, and the connection stays")
    func abandon() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            try await worker.client.send(.abandon(Wire.Abandon()), on: Worker.callID)
            let status = try await worker.client.receiveStatus(on: Worker.callID)
            #expect(status.code == StatusCode.cancelled.rawValue)
            #expect(try await fixture.engine.nextDetach() == worker.id)
            worker.executor.run([.test(1)])
            #expect(try await worker.client.isAlive())
        }
    }

    @Test("a drain without running jobs ends the stream with OK")
    func drainIdle() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            try await worker.send(.drain(Wire.Drain()))
            #expect(try await worker.receive() == .draining(Wire.Draining()))
            #expect(try await worker.client.receiveStatus(on: Worker.callID) == .ok)
            #expect(try await fixture.engine.nextDrain() == worker.id)
            #expect(try await fixture.engine.nextDetach() == worker.id)
            _ = try await Worker.subscribe(fixture, with: worker.client)
        }
    }

    @Test("a drain with running jobs ends the stream after the last is finished")
    func drainBusy() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            worker.executor.run([.test(1), .test(2)])
            for _ in 0..<2 { _ = try await worker.receive() }
            try await worker.send(.drain(Wire.Drain()))
            #expect(try await worker.receive() == .draining(Wire.Draining()))
            #expect(try await fixture.engine.nextDrain() == worker.id)
            for id in Int64(1)...2 {
                try await worker.finish(id, nil)
                let (_, _, reply) = try await fixture.engine.nextFinish()
                reply(.success(true))
                let finished = Wire.Finished(jobID: id, attempt: 1, accepted: true)
                #expect(try await worker.receive() == .finished(finished))
            }
            #expect(try await worker.client.receiveStatus(on: Worker.callID) == .ok)
            #expect(try await fixture.engine.nextDetach() == worker.id)
        }
    }

    @Test("a server that goes away drains its workers, takes their results, then closes")
    func serverDrain() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            worker.executor.run([.test(1)])
            _ = try await worker.receive()
            async let shutdown: Void = fixture.server.shutdown(grace: .seconds(30))
            guard case .goAway = try await worker.client.receive(on: 0) else {
                throw TestFailure("no GoAway")
            }
            #expect(try await worker.receive() == .draining(Wire.Draining()))
            #expect(try await fixture.engine.nextDrain() == worker.id)
            try await worker.finish(1, nil)
            let (_, _, reply) = try await fixture.engine.nextFinish()
            reply(.success(true))
            let finished = Wire.Finished(jobID: 1, attempt: 1, accepted: true)
            #expect(try await worker.receive() == .finished(finished))
            #expect(try await worker.client.receiveStatus(on: Worker.callID) == .ok)
            #expect(await worker.client.receive() == nil)
            await shutdown
        }
    }

    @Test("a message that cannot be read ends its stream, and its jobs go back")
    func unreadable() async throws {
        try await Fixture.run { fixture in
            let worker = try await Worker.subscribe(fixture)
            let finish = Wire.Finish(jobID: 1, attempt: 1, outcome: .cancel("AAAA"))
            var bytes = try TestClient.bytes(
                .workRequest(Wire.WorkRequest(message: .finish(finish))),
                on: Worker.callID
            )
            bytes[bytes.count - 1] = 0xFF
            try await worker.client.send(bytes: bytes)
            let status = try await worker.client.receiveStatus(on: Worker.callID)
            #expect(status.code == StatusCode.invalidArgument.rawValue)
            #expect(try await fixture.engine.nextDetach() == worker.id)
            #expect(try await worker.client.isAlive())
        }
    }
}
