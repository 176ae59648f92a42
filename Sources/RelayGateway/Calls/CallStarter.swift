internal import RelayCore
internal import RelayEngine
internal import RelayMessages
internal import RelayWire

/// Checks requests and begins them in their engines.
struct CallStarter: Sendable {
    let engines: EngineDirectory
    let configuration: GatewayConfiguration

    /// How a request began.
    enum Start {
        case open(OpenCall.Work)
        /// It is answered already.
        case answered(Wire.ServerFrame.Body)
        /// It is partly answered; nil means that this is all.
        case many(answers: [Wire.AwaitManyResponse], ManyWaits?)
    }

    /// Begins a call; throws what its Status says.
    func start(
        _ request: CallRequest,
        by principal: Principal,
        key: CallKey,
        outbox: Outbox
    ) throws(RelayError) -> Start {
        switch request {
        case .async(let request): try async(request, principal, key, outbox)
        case .await(let request): try self.await(request, principal, key, outbox)
        case .awaitMany(let request): try awaitMany(request, principal, key, outbox)
        case .call(let request): try call(request, principal, key, outbox)
        case .cancel(let request): try cancel(request, principal, key, outbox)
        case .work: .open(.worker(WorkerCall(stream: WorkStream(key: key, outbox: outbox))))
        }
    }

    private func async(
        _ request: Wire.AsyncRequest,
        _ principal: Principal,
        _ key: CallKey,
        _ outbox: Outbox
    ) throws(RelayError) -> Start {
        let engine = try engines.engine(request.instance, for: principal, .submit)
        guard request.jobs.count <= configuration.limits.maxJobsPerAsync else {
            throw RelayError(
                .resourceExhausted,
                reason: "TOO_MANY_JOBS",
                message: "\(request.jobs.count) jobs at once are over the limit of "
                    + "\(configuration.limits.maxJobsPerAsync); send several requests"
            )
        }
        var violations = Violations(limit: configuration.maxViolations)
        if request.jobs.isEmpty { violations.add("jobs", "must hold at least one job") }
        var jobs: [NewJob] = []
        jobs.reserveCapacity(request.jobs.count)
        for (index, wire) in request.jobs.enumerated() {
            let path = "jobs[\(index)]"
            if let job = JobMapping.job(wire, path: path, violations: &violations) {
                jobs.append(job)
            }
        }
        try violations.check()
        for (index, job) in jobs.enumerated() {
            try check(job, at: "jobs[\(index)]", request.instance, principal)
        }
        engine.async(jobs) { outbox.post(.relays(key, $0)) }
        return .open(.async)
    }

    private func await(
        _ request: Wire.AwaitRequest,
        _ principal: Principal,
        _ key: CallKey,
        _ outbox: Outbox
    ) throws(RelayError) -> Start {
        var violations = Violations(limit: configuration.maxViolations)
        let relay = RelayMapping.read(request.relay, path: "relay", violations: &violations)
        let options = AwaitOptions(
            timeout: TimeMapping.duration(
                request.timeout,
                path: "timeout",
                violations: &violations
            ),
            withRetries: request.withRetries,
            cancelOn: cancelOn(request.cancelOn)
        )
        try violations.check()
        let instance = request.relay?.instance ?? ""
        let engine = try engines.engine(instance, for: principal, .await)
        if options.cancelOn != .never { _ = try engines.engine(instance, for: principal, .cancel) }
        guard case .handle(let handle) = relay else {
            var response = Wire.AwaitResponse()
            response.result = request.relay.map(RelayMapping.notFound)
            return .answered(.awaitResponse(response))
        }
        let wait = engine.await(handle, options: options) { outbox.post(.answer(key, $0)) }
        return .open(.await(engine, wait))
    }

    private func call(
        _ request: Wire.CallRequest,
        _ principal: Principal,
        _ key: CallKey,
        _ outbox: Outbox
    ) throws(RelayError) -> Start {
        let engine = try engines.engine(request.instance, for: principal, .submit)
        var violations = Violations(limit: configuration.maxViolations)
        let options = AwaitOptions(
            timeout: TimeMapping.duration(
                request.timeout,
                path: "timeout",
                violations: &violations
            ),
            withRetries: request.withRetries,
            cancelOn: cancelOn(request.cancelOn)
        )
        var job: NewJob?
        if let wire = request.job {
            job = JobMapping.job(wire, path: "job", violations: &violations)
        } else {
            violations.add("job", "must be set")
        }
        try violations.check()
        guard let job else { throw RelayError.incomplete }
        try check(job, at: "job", request.instance, principal)
        let wait = engine.call(job, options: options) { outbox.post(.answer(key, $0)) }
        return .open(.call(engine, wait))
    }

    private func cancel(
        _ request: Wire.CancelRequest,
        _ principal: Principal,
        _ key: CallKey,
        _ outbox: Outbox
    ) throws(RelayError) -> Start {
        var violations = Violations(limit: configuration.maxViolations)
        let relay = RelayMapping.read(request.relay, path: "relay", violations: &violations)
        try violations.check()
        let engine = try engines.engine(request.relay?.instance ?? "", for: principal, .cancel)
        guard case .handle(let handle) = relay else { throw RelayMapping.refUnknown }
        engine.cancel(handle) { outbox.post(.cancelled(key, $0)) }
        return .open(.cancel)
    }

    private func check(
        _ job: NewJob,
        at path: @autoclosure () -> String,
        _ instance: String,
        _ principal: Principal
    ) throws(RelayError) {
        let instance = EngineDirectory.name(instance)
        guard !principal.maySubmit(job, to: instance) else { return }
        let place = "\(LogText(job.queue))/\(LogText(job.worker))"
        throw .denied("\(path()): submit to \(place)", needs: "submit@\(instance):\(place)")
    }

    private func cancelOn(_ wire: Wire.CancelOn) -> CancelOn {
        switch wire {
        case .unspecified: .never
        case .timeout: .timeout
        case .abandon: .abandon
        case .either: .either
        }
    }
}

extension RelayError {
    static let incomplete = RelayError(
        .internal,
        reason: "INTERNAL",
        message: "the server could not read this request; please report it"
    )
}
