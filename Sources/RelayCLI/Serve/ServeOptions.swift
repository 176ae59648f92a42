internal import ArgumentParser
internal import FoundationEssentials
internal import Logging
internal import RelayClient
internal import RelayGateway

/// How a gateway serves; `relay serve` and `relay dev` share them.
struct ServeOptions: ParsableArguments {
    @Option(help: "HOST:PORT or unix:PATH; may be given several times (default: 127.0.0.1:7433).")
    var listen: [String] = []

    @Option(help: "HOST:PORT of /healthz and /readyz, or off (default: 127.0.0.1:7434).")
    var http: String?

    @Option(
        name: .customLong("instance"),
        help: "One more database: NAME=URL[#SCHEMA]; repeatable."
    )
    var instances: [String] = []

    @Option(help: "The node's name (default: host.pid.random).")
    var node: String?

    @Option(
        name: .customLong("queue"),
        help: "Run the demo workers (Echo, Sleep, Fail …) for a queue here: NAME:LIMIT; repeatable."
    )
    var queues: [String] = []

    @Option(
        help:
            "The file of tokens and what each may do (see relay token); without it only this machine may connect."
    )
    var tokenFile: String?

    @Option(help: "The certificate (PEM) with which TCP is served over TLS.")
    var tlsCert: String?

    @Option(help: "The key of that certificate (PEM).")
    var tlsKey: String?

    @Option(help: "Only clients that these certificates (PEM) vouch for may connect.")
    var tlsClientCa: String?

    @Option(help: "The most bytes of a result after compression (default: 8192).")
    var resultLimit: String?

    @Option(help: "The most calls a second that one token or certificate may begin (default: any).")
    var callsPerSecond: String?

    @Option(help: "How long what is open may take after SIGTERM (default: 25s).")
    var drainGrace: String?

    @Flag(help: "Listen beyond this machine without any token: whoever reaches it can run jobs.")
    var insecureListenAnywhere = false

    @Option(help: "A JSON or YAML file with further options.")
    var config: String?

    @OptionGroup var log: LogOptions

    /// The plan for the database that is the instance `default`; throws `CommandError`.
    func plan(_ settings: Settings, url: String, schema: String) throws -> ServePlan {
        var plan = ServePlan(
            instances: [.init(name: RelayHandle.defaultInstance, url: url, schema: schema)],
            node: settings.text("node", node) ?? Self.nodeName(),
            logger: try log.logger(settings)
        )
        plan.instances += try moreInstances(settings)
        let listen = settings.list("listen", listen)
        if !listen.isEmpty { plan.listen = try listen.map { try address($0, "listen", settings) } }
        switch settings.text("http", http) {
        case nil: break
        case "off": plan.http = nil
        case let text?: plan.http = try address(text, "http", settings)
        }
        if case .unix = plan.http {
            throw CommandError.usage("--http: HTTP is served on HOST:PORT only, or off")
        }
        plan.queues = try QueueLimit.read(settings.list("queue", queues), settings)
        plan.tls = try tlsFiles(settings)
        plan.tokens = try settings.text("token-file", tokenFile).map { path in
            ServePlan.TokenSource(path: path, clients: try TokenFile.read(path))
        }
        plan.limits.resultBytes =
            try settings.number("result-limit", resultLimit, in: 1...64 * 1024 * 1024)
            ?? plan.limits.resultBytes
        plan.limits.callsPerSecond =
            try settings.number("calls-per-second", callsPerSecond, in: 1...1_000_000_000)
        plan.drainGrace = try settings.duration("drain-grace", drainGrace) ?? plan.drainGrace
        try refuseOpenDoors(plan, settings)
        return plan
    }

    private func moreInstances(_ settings: Settings) throws -> [InstanceSetting] {
        let texts = settings.list("instance", instances)
        var names: Set<String> = [RelayHandle.defaultInstance]
        guard texts.count < ServePlan.maxInstances else {
            throw CommandError.usage("--instance: at most \(ServePlan.maxInstances) instances")
        }
        return try texts.map { text in
            // The text may hold a password, so it is not shown.
            guard let instance = InstanceSetting(text) else {
                throw CommandError.usage("--instance: one of them is not NAME=URL[#SCHEMA]")
            }
            guard names.insert(instance.name).inserted else {
                throw CommandError.usage(
                    "--instance: \(OneLine.text(instance.name)) is named twice"
                )
            }
            return instance
        }
    }

    private func address(
        _ text: String,
        _ option: String,
        _ settings: Settings
    ) throws -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw settings.wrong(option, text, "HOST:PORT or unix:PATH")
        }
        return address
    }

    private func tlsFiles(_ settings: Settings) throws -> TLSFiles? {
        let authority = settings.text("tls-client-ca", tlsClientCa)
        switch (settings.text("tls-cert", tlsCert), settings.text("tls-key", tlsKey)) {
        case (nil, nil) where authority == nil: return nil
        case (let certificate?, let key?):
            return TLSFiles(certificate: certificate, key: key, clientCA: authority)
        default: throw CommandError.usage("TLS needs both --tls-cert and --tls-key")
        }
    }

    private func refuseOpenDoors(_ plan: ServePlan, _ settings: Settings) throws {
        guard let open = plan.listen.first(where: { !ServePlan.isLocal($0) }) else { return }
        let place: Logger.Metadata = ["listen": "\(open)"]
        if plan.tokens != nil || plan.tls?.clientCA != nil {
            if plan.tls == nil {
                plan.logger.warning(
                    "tokens and payloads travel in clear; see --tls-cert",
                    metadata: place
                )
            }
            return
        }
        guard try settings.isOn("insecure-listen-anywhere", insecureListenAnywhere) else {
            throw CommandError.usage(
                "--listen \(open): whoever reaches it could run jobs; name a --token-file, or listen on "
                    + "127.0.0.1 or unix:PATH"
            )
        }
        plan.logger.warning("anybody who reaches this gateway can run jobs", metadata: place)
    }

    private static func nodeName() -> String {
        let process = ProcessInfo.processInfo
        let chance = String(UInt32.random(in: 0 ... .max), radix: 36)
        return "\(process.hostName).\(process.processIdentifier).\(chance)"
    }
}
