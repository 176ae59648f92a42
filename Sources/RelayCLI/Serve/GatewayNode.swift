internal import FoundationEssentials
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Relay
internal import RelayClient
internal import RelayEngine
internal import RelayGateway
internal import RelayWeb
internal import ServiceLifecycle

/// A running gateway: the runtimes of its instances, the native protocol, and HTTP.
///
/// The one place where they meet.
final class GatewayNode: Sendable {
    private struct State {
        var isStarted = false
        var drainEnd: ContinuousClock.Instant?
        /// The instances that could not be reached at the start.
        var late: [RelayRuntime] = []
    }

    /// How often an instance that is down is tried again.
    private static let retryInterval = Duration.seconds(1)

    let plan: ServePlan
    private let runtimes: [RelayRuntime]
    private let gateway: GatewayServer
    private let watches: [FileWatch]
    private let state = NIOLockedValueBox(State())

    /// Makes a node at rest.
    ///
    /// - Throws: `RelayError` for a URL or a schema's name that is none.
    init(_ plan: ServePlan) throws {
        self.plan = plan
        runtimes = try plan.instances.map { try Self.runtime($0, plan) }
        var configuration = GatewayConfiguration(addresses: plan.listen, node: plan.node)
        configuration.server = "relay/\(Version.text)"
        configuration.limits = plan.limits
        configuration.tls = plan.tls
        configuration.grace = plan.drainGrace
        let engines = runtimes.map { ($0.configuration.instance, $0.engine as any CallEngine) }
        let authenticator = plan.tokens.map { source in
            KnownClientsAuthenticator(source.clients) { Int64(Date.now.timeIntervalSince1970) }
        }
        let gateway = GatewayServer(
            configuration: configuration,
            engines: EngineDirectory(Dictionary(uniqueKeysWithValues: engines)),
            authenticator: authenticator ?? OpenAuthenticator(),
            logger: plan.logger
        )
        self.gateway = gateway
        var watches: [FileWatch] = []
        if let authenticator, let path = plan.tokens?.path {
            let watch = TokenWatch(
                path: path,
                authenticator: authenticator,
                logger: plan.logger,
                judgeAgain: { gateway.judgeAgain() }
            )
            watches.append(watch.files)
        }
        if let files = plan.tls { watches.append(Self.watch(files, gateway, plan.logger)) }
        self.watches = watches
    }

    /// Serves until SIGTERM or SIGINT, then drains.
    ///
    /// - Parameters:
    ///   - onReady: Called once calls are taken.
    ///   - onSecondSignal: What cannot be left behind when a second signal ends the process at once.
    /// - Throws: What kept it from starting, or from going on.
    func run(
        onReady: @escaping @Sendable () async -> Void = {},
        onSecondSignal: @escaping @Sendable () -> Void = {}
    ) async throws {
        try await start()
        logLimits()
        let group = ServiceGroup(configuration: configuration(onReady: onReady))
        if plan.http == nil { await announce(onReady) }
        try await StopSignals.whileRunning {
            self.beginDrain()
            await group.triggerGracefulShutdown()
        } onSecond: {
            onSecondSignal()
        } body: {
            try await group.run()
        }
        plan.logger.info("stopped")
    }

    /// Whether calls can be served, and why not.
    func health() async -> HealthReport {
        var checks: [HealthReport.Check] = []
        let (isStarted, isDraining) = state.withLockedValue { ($0.isStarted, $0.drainEnd != nil) }
        checks.append(.init("started", problem: isStarted ? nil : "not yet"))
        checks.append(.init("draining", problem: isDraining ? "going away" : nil))
        let databases = await withTaskGroup(of: (String, Bool).self) { group in
            for runtime in runtimes {
                group.addTask { (runtime.configuration.instance, await runtime.isReachable()) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        // One that is down leaves the others serving, and the node with them.
        let isAnyThere = databases.values.contains(true)
        for (instance, isThere) in databases.sorted(by: { $0.key < $1.key }) {
            let problem = isThere ? nil : "Postgres does not answer"
            checks.append(
                .init("postgres \(instance)", problem: problem, isFatal: !isAnyThere)
            )
        }
        return HealthReport(node: plan.node, checks: checks)
    }

    // MARK: Parts

    /// A certificate that cannot be read changes nothing: the old one is served on.
    private static func watch(
        _ files: TLSFiles,
        _ gateway: GatewayServer,
        _ logger: Logger
    ) -> FileWatch {
        FileWatch(paths: [files.certificate, files.key] + [files.clientCA].compactMap { $0 }) {
            guard $0 else { return }
            do throws(GatewayError) {
                try gateway.reloadCertificate()
                logger.notice("certificate read again", metadata: ["file": "\(files.certificate)"])
            } catch {
                logger.error(
                    "certificate not read again; the old one stays",
                    metadata: ["why": "\(error)"]
                )
            }
        }
    }

    private static func runtime(
        _ instance: InstanceSetting,
        _ plan: ServePlan
    ) throws -> RelayRuntime {
        let isDefault = instance.name == RelayHandle.defaultInstance
        var configuration = RelayConfiguration(
            databaseURL: instance.url,
            schema: instance.schema,
            instance: instance.name,
            node: plan.node,
            queues: isDefault ? plan.queues : [:]
        )
        configuration.limits = plan.limits
        configuration.drainGrace = plan.drainGrace
        let runtime = try RelayRuntime(configuration, logger: plan.logger)
        if isDefault, !plan.queues.isEmpty { DemoWorkers.register(on: runtime) }
        return runtime
    }

    /// Connects everything before anything is announced.
    private func start() async throws {
        var late: [RelayRuntime] = []
        do {
            for (runtime, error) in await tryStartAll() {
                guard let error else { continue }
                late.append(runtime)
                // What waiting cannot mend is said at once, and so is that nothing at all could be served.
                guard error.code == .unavailable, late.count < runtimes.count else { throw error }
                log(error, of: runtime)
            }
            try await gateway.start()
        } catch {
            for runtime in runtimes { await runtime.stop(grace: .zero) }
            throw ListenFailure.explained(error, plan.listen, option: "listen")
        }
        state.withLockedValue {
            $0.isStarted = true
            $0.late = late
        }
    }

    private func log(_ error: RelayError, of runtime: RelayRuntime) {
        plan.logger.error(
            "an instance is not served yet; the others are",
            metadata: [
                "instance": "\(runtime.configuration.instance)", "why": "\(error.message)",
            ]
        )
    }

    /// Tries all at once, since one that cannot be reached takes its time.
    private func tryStartAll() async -> [(RelayRuntime, RelayError?)] {
        await withTaskGroup(of: (Int, RelayError?).self) { group in
            for (index, runtime) in runtimes.enumerated() {
                group.addTask {
                    do throws(RelayError) {
                        try await runtime.tryStart()
                        return (index, nil)
                    } catch {
                        return (index, error)
                    }
                }
            }
            var errors: [Int: RelayError] = [:]
            for await (index, error) in group { errors[index] = error }
            return runtimes.enumerated().map { ($1, errors[$0]) }
        }
    }

    /// Starts the instances that could not be reached, as soon as they can.
    fileprivate func startLate() async {
        await withDiscardingTaskGroup { group in
            for runtime in state.withLockedValue({ $0.late }) {
                group.addTask { await self.startLate(runtime) }
            }
        }
    }

    private func startLate(_ runtime: RelayRuntime) async {
        let place: Logger.Metadata = ["instance": "\(runtime.configuration.instance)"]
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.retryInterval)
            do throws(RelayError) {
                try await runtime.tryStart()
                plan.logger.notice("an instance is served now", metadata: place)
                return
            } catch {
                plan.logger.debug("an instance is not there yet: \(error.message)", metadata: place)
            }
        }
    }

    /// Says that all doors are open.
    private func announce(_ onReady: @Sendable () async -> Void) async {
        plan.logger.info(
            "ready",
            metadata: [
                "node": "\(plan.node)",
                "listen": "\(plan.listen.map(\.description).joined(separator: " "))",
                "http": "\(plan.http?.description ?? "off")",
                "instances": "\(plan.instances.map(\.name).joined(separator: " "))",
            ]
        )
        await onReady()
    }

    /// The services, in the order in which they are started; they are shut down from the last to the first.
    private func configuration(
        onReady: @escaping @Sendable () async -> Void
    ) -> ServiceGroupConfiguration {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: RuntimeService(node: self, runtimes: runtimes))
        ]
        if case .tcp(let host, let port) = plan.http {
            // It is the last to listen, so that nothing is announced which then fails.
            let server = WebServer(
                host: host,
                port: port,
                node: plan.node,
                logger: plan.logger,
                onBound: { [self] _ in await announce(onReady) },
                report: { [self] in await health() }
            )
            services.append(
                .init(service: HTTPService(server: server, address: .tcp(host: host, port: port)))
            )
        }
        for watch in watches { services.append(.init(service: watch)) }
        services.append(.init(service: gateway))
        return ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [],
            cancellationSignals: [],
            logger: Logger(label: "relay") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// From here on no job begins, and what is open has the grace to end.
    private func beginDrain() {
        state.withLockedValue { $0.drainEnd = .now + plan.drainGrace }
        plan.logger.info("draining", metadata: ["grace": "\(DurationText.text(plan.drainGrace))"])
        for runtime in runtimes { runtime.engine.beginDrain() }
    }

    /// What is left of the grace.
    fileprivate var remainingGrace: Duration {
        let end = state.withLockedValue { $0.drainEnd } ?? .now + plan.drainGrace
        return max(end - .now, .zero)
    }

    private func logLimits() {
        let limits = plan.limits
        plan.logger.info(
            "limits",
            metadata: [
                "message_bytes": "\(limits.maxMessageBytes)",
                "calls_per_connection": "\(limits.maxCalls)",
                "connections": "\(limits.maxConnections)",
                "awaited_relays": "\(limits.maxAwaitedRelays)",
                "jobs_per_async": "\(limits.maxJobsPerAsync)",
                "open_waits": "\(limits.maxOpenWaits)",
                "queued_inserts": "\(limits.maxQueuedInserts)",
                "outbound_bytes": "\(limits.maxOutboundBytes)",
                "calls_per_second": limits.callsPerSecond.map { "\($0)" } ?? "any",
                "refused_hellos_per_second": "\(limits.refusedHellosPerSecond)",
                "result_bytes": "\(limits.resultBytes)",
                "progress_bytes": "\(limits.progressBytes)",
            ]
        )
    }
}

/// HTTP, with an error that says what to do where it cannot listen.
private struct HTTPService: Service {
    let server: WebServer
    let address: ListenAddress

    func run() async throws {
        do {
            try await server.run()
        } catch {
            throw ListenFailure.explained(error, [address], option: "http")
        }
    }
}

/// Keeps the runtimes until the gateway before them has drained, then stops them.
private struct RuntimeService: Service {
    let node: GatewayNode
    let runtimes: [RelayRuntime]

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await node.startLate()
            try? await gracefulShutdown()
        }
        await withDiscardingTaskGroup { group in
            for runtime in runtimes {
                group.addTask { await runtime.stop(grace: node.remainingGrace) }
            }
        }
    }
}
