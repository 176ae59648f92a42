package import RelayCore

/// The engines of a gateway, by the name of their instance.
package struct EngineDirectory: Sendable {
    private let engines: [String: any CallEngine]

    /// Makes a directory; the instance that is meant where none is named is called `default`.
    package init(_ engines: [String: any CallEngine]) {
        self.engines = engines
    }

    /// The name that is meant: the empty one is the default.
    package static func name(_ instance: String) -> String {
        instance.isEmpty ? RelayHandle.defaultInstance : instance
    }

    /// Hands over what the body asks of any engine in one batch each.
    func gathering(_ body: () -> Void) {
        for engine in engines.values { engine.beginGathering() }
        defer { for engine in engines.values { engine.endGathering() } }
        body()
    }

    /// The engine of an instance, for somebody who wants to do something there.
    ///
    /// - Throws: `NOT_FOUND`, `INSTANCE_UNKNOWN`, for an instance that nothing is granted in too, so that nobody learns
    ///   which there are; `PERMISSION_DENIED` where something else is granted.
    package func engine(
        _ instance: String,
        for principal: Principal,
        _ verb: Grant.Verb
    ) throws(RelayError) -> any CallEngine {
        let name = Self.name(instance)
        guard let engine = engines[name], principal.knows(name) else {
            throw RelayError(
                .notFound,
                reason: "INSTANCE_UNKNOWN",
                message: "this gateway serves no instance \(LogText(instance).quoted)"
            )
        }
        guard principal.may(verb, in: name) else {
            throw .denied(
                "\(verb.rawValue) in instance \(LogText(name).quoted)",
                needs: "\(verb.rawValue)@\(name)"
            )
        }
        return engine
    }
}
