internal import ArgumentParser

/// The program.
@main
struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "Call a job and get its answer, over nothing but Postgres.",
        discussion: """
            Try it without anything installed but Postgres's binaries:

              relay dev                                    # in one terminal
              relay call Echo '{"id":123}'                 # in another: {"id":123}

            A call is a job in Postgres; a relay is the handle to await it by, from anywhere:

              handle=$(relay async Sleep '{"ms":3000}')
              relay await "$handle"

            Every option is also a variable, RELAY_<OPTION>, and a key of the file that --config names; \
            a flag beats the environment, and the environment beats the file.

            Exit status: 0 ok, 1 the job failed, 2 usage, 3 timed out (the relay is printed), \
            4 the gateway cannot be reached.
            """,
        version: Version.text,
        subcommands: [
            DevCommand.self, CallCommand.self, AsyncCommand.self, AwaitCommand.self,
            CancelCommand.self,
            WorkCommand.self, ServeCommand.self, MigrateCommand.self, QueuesCommand.self,
            JobsCommand.self, TokenCommand.self, BenchCommand.self, DoctorCommand.self,
        ]
    )

    /// Runs the program with the arguments of the process.
    static func main() async {
        exit(
            withError: ExitCode(
                await Program.run(Array(CommandLine.arguments.dropFirst())).rawValue
            )
        )
    }
}
