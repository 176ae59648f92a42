import FoundationEssentials
public import RelayCore
internal import RelayEngine
internal import RelayStore

/// How a runtime connects, what it runs, and its limits.
public struct RelayConfiguration: Sendable {
    /// A Postgres URL or keyword string, as libpq takes it.
    public var databaseURL: String
    /// The schema that holds `oban_jobs`.
    public var schema: String
    /// The instance's name, which relays carry.
    public var instance: String
    /// The node's name; nil makes one of host, process and chance.
    public var node: String?
    /// The queues to run handlers for, each with how many jobs run at once.
    public var queues: [String: Int]
    /// The limits.
    public var limits = Limits()
    /// How long finished jobs are kept; nil leaves all pruning to others.
    public var resultRetention: Duration? = .seconds(86_400)
    /// How long running handlers may take to finish when the runtime stops.
    public var drainGrace = Duration.seconds(25)

    /// Makes a configuration with the defaults for all that isn't given.
    public init(
        databaseURL: String,
        schema: String = "public",
        instance: String = RelayHandle.defaultInstance,
        node: String? = nil,
        queues: [String: Int] = [:]
    ) {
        self.databaseURL = databaseURL
        self.schema = schema
        self.instance = instance
        self.node = node
        self.queues = queues
    }

    /// The node's name: the given one, or one of host, process and chance.
    var nodeName: String {
        if let node { return node }
        let chance = String(UInt32.random(in: 0 ... .max), radix: 36)
        return
            "\(ProcessInfo.processInfo.hostName).\(ProcessInfo.processInfo.processIdentifier).\(chance)"
    }

    /// - Throws: `RelayError` with `INVALID_ARGUMENT` if the schema's name cannot be one.
    func storeConfiguration(node: String) throws(RelayError) -> StoreConfiguration {
        StoreConfiguration(
            databaseURL: databaseURL,
            schema: try SchemaName(schema),
            session: Session(node: node),
            resultLimit: limits.resultBytes
        )
    }

    func engineConfiguration(node: String) -> EngineConfiguration {
        var engine = EngineConfiguration(node: node)
        engine.instance = instance
        engine.limits = limits
        engine.resultRetention = resultRetention
        return engine
    }
}
