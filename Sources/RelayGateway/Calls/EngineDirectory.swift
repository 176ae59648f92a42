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

    /// The engine of an instance; throws `NOT_FOUND`, `INSTANCE_UNKNOWN`.
    package func engine(_ instance: String) throws(RelayError) -> any CallEngine {
        guard let engine = engines[Self.name(instance)] else {
            throw RelayError(
                .notFound,
                reason: "INSTANCE_UNKNOWN",
                message: "this gateway serves no instance \(LogText(instance).quoted)"
            )
        }
        return engine
    }
}
