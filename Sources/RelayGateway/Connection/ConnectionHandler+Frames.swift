internal import Logging
internal import NIOCore
internal import RelayCore
internal import RelayMessages
internal import RelayWire

/// What clients send.
extension ConnectionHandler {
    /// A whole frame arrived.
    func received(_ payload: ByteBuffer) {
        let frame: Wire.ClientFrame
        do throws(DecodeError) {
            frame = try Wire.ClientFrame.decode(payload, limits: DecodeLimits())
        } catch {
            refuse(error)
            return
        }
        // A frame with nothing in it that is known, but more than its call's number, holds what is
        // not known here.
        let hasUnknownBody = frame.body == nil && payload.readableBytes > frame.encodedByteCount
        switch machine.received(frame, hasUnknownBody: hasUnknownBody) {
        case .check(let hello):
            check(hello)
        case .begin(let key, let request):
            begin(key, request)
        case .proceed(let key, let request):
            if case .worker(let worker) = calls[key.id]?.work {
                perform(worker.machine.received(request), worker, key)
            }
        case .abandon(let key):
            abandon(key)
        case .abandonAndClose(let key):
            abandon(key)
            end(nil)
        case .pong(let callID, let ping):
            send(.pong(Wire.Pong(data: ping.data)), on: callID)
        case .refuse(let callID, let error):
            send(.status(Wire.Status(error)), on: callID)
        case .close(let error):
            end(error)
        case .ignore:
            break
        }
    }

    private func refuse(_ error: DecodeError) {
        guard error.isCallError, let callID = error.callID else {
            end(FrameError.malformed("\(error)").relayError)
            return
        }
        let status = Wire.ServerFrame.Body.status(Wire.Status(error.relayError))
        switch machine.receivedUndecodable(callID: callID) {
        case .refuse(let callID):
            send(status, on: callID)
        case .fail(let key):
            forget(key)
            send(status, on: key.id)
        case .failAndClose(let key):
            forget(key)
            send(status, on: key.id)
            end(nil)
        case .close:
            end(FrameError.malformed("\(error)").relayError)
        case .ignore:
            break
        }
    }

    private func check(_ hello: Wire.Hello) {
        var refusal: RelayError?
        let shown = Credentials(
            tokenDigest: hello.token.isEmpty ? nil : KnownToken.digest(of: hello.token),
            certificateNames: certificateNames
        )
        do throws(RelayError) {
            try environment.rates.beginHello(from: peerAddress, now: .now)
            principal = try environment.authenticator.principal(shown)
            credentials = shown
        } catch {
            if error.code == .unauthenticated {
                environment.rates.refusedHello(from: peerAddress, now: .now)
            }
            refusal = error
        }
        switch machine.helloChecked(refusal: refusal, now: .now) {
        case .welcome:
            let configuration = environment.configuration
            let limits = configuration.limits
            let welcome = Wire.Welcome(
                version: ConnectionRules.version,
                server: configuration.server,
                node: configuration.node,
                maxMessageBytes: UInt32(clamping: limits.maxMessageBytes),
                maxCalls: UInt32(clamping: limits.maxCalls),
                acceptZlib: true
            )
            send(.welcome(welcome))
            admit(compresses: hello.acceptZlib && configuration.compresses)
            logger.debug(
                "connection opened",
                metadata: [
                    "client": "\(LogText(hello.client))", "principal": "\(LogText(principal.name))",
                ]
            )
        case .close(let error):
            logger.info(
                "connection refused",
                metadata: ["client": "\(LogText(hello.client))", "reason": "\(error.reason)"]
            )
            end(error)
        case .ignore:
            break
        }
    }

    /// Whoever may do less now may do less from the next call on; whoever is known no more leaves.
    func judgeAgain() {
        guard let credentials, !isClosing else { return }
        do throws(RelayError) {
            principal = try environment.authenticator.principal(credentials)
        } catch {
            logger.notice(
                "connection ended: no longer known",
                metadata: ["principal": "\(LogText(principal.name))", "reason": "\(error.reason)"]
            )
            end(error)
        }
    }

    private func begin(_ key: CallKey, _ request: CallRequest) {
        do throws(RelayError) {
            try environment.rates.beginCall(of: principal.name, now: .now)
            switch try environment.starter.start(request, by: principal, key: key, outbox: outbox) {
            case .open(let work):
                calls[key.id] = OpenCall(key: key, work: work)
                if case .worker(let worker) = work, case .work(let first) = request {
                    perform(worker.machine.received(first), worker, key)
                }
            case .answered(let body):
                answer(key, body, isLast: true)
            case .many(let answers, let waits):
                if let waits { calls[key.id] = OpenCall(key: key, work: .many(waits)) }
                for answered in answers {
                    answer(key, .awaitManyResponse(answered), isLast: false)
                }
                if waits == nil { answer(key, .status(.ok), isLast: true) }
            }
        } catch {
            answer(key, .status(Wire.Status(error)), isLast: true)
        }
    }

    private func abandon(_ key: CallKey) {
        forget(key)
        send(.status(.abandoned), on: key.id)
    }

    private func forget(_ key: CallKey) {
        if let call = calls.removeValue(forKey: key.id) {
            stop(call, reason: "the worker left its stream")
        }
    }

    /// Stops what goes on for a call that has no one to answer to.
    func stop(_ call: OpenCall, reason: String) {
        switch call.work {
        case .async, .cancel:
            break
        case .await(let engine, let wait), .call(let engine, let wait):
            engine.abandon(wait)
        case .many(let waits):
            waits.abandon()
        case .worker(let worker):
            if let executor = worker.machine.leave() {
                worker.engine?.detach(executor, reason: reason)
            }
        }
    }

    /// The server goes away.
    func serverDrains(_ request: DrainRequest) {
        switch machine.drain(until: request.end) {
        case .goAway:
            sendGoAway(request)
            for call in calls.values {
                if case .worker(let worker) = call.work {
                    perform(worker.machine.serverDrains(), worker, call.key)
                }
            }
        case .goAwayAndClose:
            sendGoAway(request)
            end(nil)
        case .close(let error):
            end(error)
        case .ignore:
            break
        }
    }

    private func sendGoAway(_ request: DrainRequest) {
        let goAway = Wire.GoAway(
            reason: "this server is shutting down",
            grace: Wire.Duration(request.grace)
        )
        send(.goAway(goAway))
    }
}
