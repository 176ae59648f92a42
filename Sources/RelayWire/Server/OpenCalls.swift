internal import RelayCore
internal import RelayMessages

/// The calls of one connection that have begun and not ended.
package struct OpenCalls: Sendable {
    private struct Call: Sendable {
        let serial: UInt64
        let kind: Kind
    }

    private enum Kind: Sendable {
        case once
        case worker
    }

    private var calls: [UInt64: Call] = [:]
    private var serial: UInt64 = 0

    var isEmpty: Bool { calls.isEmpty }
    var count: Int { calls.count }

    func worker(_ id: UInt64) -> CallKey? {
        guard let call = calls[id], call.kind == .worker else { return nil }
        return CallKey(id: id, serial: call.serial)
    }

    func contains(_ id: UInt64) -> Bool { calls[id] != nil }

    mutating func begin(_ id: UInt64, isWorker: Bool) -> CallKey {
        serial += 1
        calls[id] = Call(serial: serial, kind: isWorker ? .worker : .once)
        return CallKey(id: id, serial: serial)
    }

    mutating func answer(_ key: CallKey, isLast: Bool) -> Bool {
        guard let call = calls[key.id], call.serial == key.serial else { return false }
        if isLast { calls[key.id] = nil }
        return true
    }

    mutating func endWorker(_ id: UInt64) -> CallKey? {
        worker(id) == nil ? nil : end(id)
    }

    mutating func end(_ id: UInt64) -> CallKey? {
        calls.removeValue(forKey: id).map { CallKey(id: id, serial: $0.serial) }
    }
}

extension ServerConnectionMachine.Open {
    mutating func received(
        _ frame: Wire.ClientFrame,
        hasUnknownBody: Bool,
        draining: Bool
    ) -> ServerConnectionMachine.OnFrame {
        let id = frame.callID
        switch frame.body {
        case .hello:
            return .close(.helloRepeated)
        case .ping(let ping):
            let fits = ping.data.count <= ConnectionRules.maxPingBytes
            return fits ? .pong(callID: id, ping) : .close(.pingTooLong)
        case .pong:
            return .ignore
        case .abandon:
            return calls.end(id).map { .abandon($0) } ?? .ignore
        case .workRequest(let request):
            if let key = calls.worker(id) { return .proceed(key, request) }
            return begin(id, .work(request), draining: draining)
        case .asyncRequest(let request):
            return begin(id, .async(request), draining: draining)
        case .awaitRequest(let request):
            return begin(id, .await(request), draining: draining)
        case .awaitManyRequest(let request):
            return begin(id, .awaitMany(request), draining: draining)
        case .callRequest(let request):
            return begin(id, .call(request), draining: draining)
        case .cancelRequest(let request):
            return begin(id, .cancel(request), draining: draining)
        case nil:
            let error: RelayError = hasUnknownBody ? .bodyUnknown : .bodyMissing
            return id == 0 ? .close(error) : .refuse(callID: id, error)
        }
    }

    private mutating func begin(
        _ id: UInt64,
        _ request: CallRequest,
        draining: Bool
    ) -> ServerConnectionMachine.OnFrame {
        guard id != 0 else { return .close(.callIDZero) }
        // A Status on the id in use ends nothing here: the call that owns it goes on.
        guard !calls.contains(id) else { return .refuse(callID: id, .callIDInUse) }
        guard !draining else { return .refuse(callID: id, .draining) }
        guard calls.count < rules.maxCalls else {
            return .refuse(callID: id, .tooManyCalls(limit: rules.maxCalls))
        }
        if case .work = request { return .begin(calls.begin(id, isWorker: true), request) }
        return .begin(calls.begin(id, isWorker: false), request)
    }
}
