internal import ArgumentParser
internal import RelayCore
internal import RelayGateway

/// The command `relay token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke the tokens of a gateway.",
        discussion: """
            A token is shown once, when it is made; its file holds only a digest and what it may do. A running \
            gateway reads the file again when it changes. To change a token, make a second one of the same name, \
            and revoke both once it is in use everywhere and a third is not needed.

              relay token new billing 'submit:mail/*' await --token-file tokens
              relay token new mailer work:mail --expires 2027-12-31 --token-file tokens
              relay token new web 'submit:*' await --certificate uri:spiffe://prod/web --token-file tokens
              relay token list --token-file tokens
              relay token revoke billing --token-file tokens
              relay serve --token-file tokens

            A grant is VERB[@INSTANCE][:QUEUE[/WORKER]]. Verbs: submit (Async, Call), await, work (a worker's \
            stream), cancel, admin, all. Names may end in *. Without @INSTANCE the instance is default; without \
            any grant the token may do everything.
            """,
        subcommands: [New.self, List.self, Revoke.self]
    )

    /// `--token-file`, which every subcommand needs.
    struct FileOption: ParsableArguments {
        @Option(help: "The file of tokens.")
        var tokenFile: String?

        @Option(help: "A JSON or YAML file with further options.")
        var config: String?

        func path() async throws -> String {
            let settings = try await Settings(file: config)
            guard let path = settings.text("token-file", tokenFile) else {
                throw CommandError.usage("name the file of tokens: --token-file FILE")
            }
            return path
        }
    }

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Make a token, show it once, and add its digest to the file."
        )

        @Argument(help: "Whose token it is, for logs.")
        var name: String

        @Argument(
            help: "What it may do: VERB[@INSTANCE][:QUEUE[/WORKER]]; nothing named is everything."
        )
        var grants: [String] = []

        @Option(help: "The last day on which it is good, YYYY-MM-DD (UTC).")
        var expires: String?

        @Option(
            help:
                "Instead of a token: whoever shows a certificate of this name, dns:NAME or uri:NAME, which may end in *."
        )
        var certificate: String?

        @OptionGroup var file: FileOption

        /// The bytes of chance in a token.
        private static let randomBytes = 32

        func run() async throws {
            let path = try await file.path()
            if let certificate {
                let shown = TokenLine.Shown.certificate(certificate)
                let line = try TokenLine(shown, name: name, grants: grants, expires: expires)
                try TokenFile.append(line, to: path)
                try Terminal.print("added \(OneLine.text(certificate))")
                return
            }
            var generator = SystemRandomNumberGenerator()
            let bytes = (0..<Self.randomBytes).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let token = "relay_" + Base64.encode(bytes, .url)
            let shown = TokenLine.Shown.token(KnownToken.digest(of: token))
            let line = try TokenLine(shown, name: name, grants: grants, expires: expires)
            try TokenFile.append(line, to: path)
            try Terminal.print(token)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show whose tokens there are, and what they may do."
        )

        @OptionGroup var file: FileOption

        func run() async throws {
            var table = TextTable(
                ["name", "shows", "expires", "grants"].map { TextTable.Column(name: $0) }
            )
            for line in try TokenFile.lines(try await file.path()) {
                let grants = line.grants.isEmpty ? "everything" : line.grants.joined(separator: " ")
                let shows =
                    if case .certificate(let name) = line.shown { name } else { "a token" }
                table.rows.append([line.name, shows, line.expires ?? "never", grants])
            }
            for line in table.lines { try Terminal.print(line) }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract:
                "Remove all tokens and certificates of a name from the file; its connections are closed within seconds."
        )

        @Argument(help: "Whose tokens.")
        var name: String

        @OptionGroup var file: FileOption

        func run() async throws {
            let path = try await file.path()
            let count = try TokenFile.remove(name, from: path)
            guard count > 0 else {
                throw CommandError(
                    status: .failed,
                    message:
                        "\(path) holds no token of \(OneLine.text(name)); see `relay token list`"
                )
            }
            try Terminal.print("revoked \(count)")
        }
    }
}
