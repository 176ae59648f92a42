internal import ArgumentParser

/// One run of the program: parses, runs, and turns every error into one line and a status.
enum Program {
    /// Runs a command line, without the program's name.
    static func run(_ arguments: [String]) async -> ProgramStatus {
        do {
            var command = try RelayCommand.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .ok
        } catch {
            return status(of: error, arguments)
        }
    }

    private static func status(of error: any Error, _ arguments: [String]) -> ProgramStatus {
        switch error {
        case let error as CommandError:
            Terminal.complain(error.message)
            return error.status
        case let code as ExitCode:
            return ProgramStatus(rawValue: code.rawValue) ?? .failed
        default:
            let code = RelayCommand.exitCode(for: error)
            if code == .success {
                // Help and the version are what was asked for.
                _ = try? Terminal.print(RelayCommand.fullMessage(for: error))
                return .ok
            }
            guard code == .validationFailure else {
                let error = CommandError(error, unavailableHint: Self.hint)
                Terminal.complain(error.message)
                return error.status
            }
            let message = OneLine.text(RelayCommand.message(for: error))
            Terminal.complain("\(message); `\(helpCommand(arguments))` tells more")
            return .usage
        }
    }

    /// What to do where no gateway answers.
    static let hint = "start one with `relay dev` or `relay serve`, or name another with --address"

    private static func helpCommand(_ arguments: [String]) -> String {
        let names = RelayCommand.configuration.subcommands.compactMap {
            $0.configuration.commandName
        }
        guard let name = arguments.first, names.contains(name) else { return "relay --help" }
        return "relay \(name) --help"
    }
}
