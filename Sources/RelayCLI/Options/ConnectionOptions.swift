internal import ArgumentParser
internal import Logging
internal import RelayClient

/// Which gateway to talk to.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The gateway: HOST:PORT or unix:PATH (default: 127.0.0.1:7433).",
            valueName: "address"
        )
    )
    var address: String?

    @Flag(help: "Talk TLS; the gateway's certificate must be vouched for.")
    var tls = false

    @Option(help: "Trust these certificates (PEM) instead of the system's; implies --tls.")
    var tlsCa: String?

    @Option(help: "The client's own certificate (PEM); implies --tls.")
    var tlsCert: String?

    @Option(help: "The key of that certificate (PEM).")
    var tlsKey: String?

    @Option(help: "The name that the gateway's certificate must have, if not the address's.")
    var tlsName: String?

    @Option(help: "A JSON or YAML file with further options.")
    var config: String?

    /// The settings that the environment and the file make.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }

    /// How the client connects; throws `CommandError` for an address that is none.
    func configuration(_ settings: Settings) throws -> RelayClientConfiguration {
        let text = settings.text("address", address) ?? Self.defaultAddress
        guard let address = ServerAddress(text) else {
            throw settings.wrong("address", text, "HOST:PORT or unix:PATH")
        }
        var configuration = RelayClientConfiguration(
            address: address,
            token: try settings.secret("token")
        )
        configuration.tls = try clientTLS(settings)
        configuration.name = "relay-cli/\(Version.text)"
        return configuration
    }

    private func clientTLS(_ settings: Settings) throws -> RelayClientTLS? {
        var tls = RelayClientTLS()
        tls.caFile = settings.text("tls-ca", tlsCa)
        tls.certificateFile = settings.text("tls-cert", tlsCert)
        tls.keyFile = settings.text("tls-key", tlsKey)
        tls.serverName = settings.text("tls-name", tlsName)
        return try settings.isOn("tls", self.tls) || tls != RelayClientTLS() ? tls : nil
    }

    /// Connects; throws `RelayError`.
    func connect(_ settings: Settings) async throws -> RelayClient {
        try await RelayClient.connect(configuration(settings))
    }

    static let defaultAddress = "127.0.0.1:\(ServerAddress.defaultPort)"
}
