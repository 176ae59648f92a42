internal import ArgumentParser
internal import RelayClient

/// The command `relay cancel`.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a job, wherever it is.",
        discussion: """
            Prints the job's state. A job that runs is told to stop. One that had ended already stays as it \
            is; the exit status then is 1, unless it was cancelled before.

              relay cancel "$handle"
            """
    )

    @Argument(help: "What `relay async` printed.")
    var relay: String

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print JSON: relay, cancelled, state.")
    var json = false

    func run() async throws {
        let settings = try await connection.settings()
        let isJSON = try settings.isOn("json", json)
        let handles = try RelayArguments.read([relay])
        guard handles.count == 1, let handle = handles.first else {
            throw CommandError.usage("give one relay")
        }
        let client = try await connection.connect(settings)
        let answer: (cancelled: Bool, state: JobState?)
        do {
            answer = try await client.cancel(handle)
        } catch let error as RelayError where error.code == .notFound {
            throw CommandError(status: .failed, message: OneLine.text(error.description))
        }
        let state = answer.state?.rawValue ?? "unknown"
        if isJSON {
            try Terminal.print(
                JSONLine.object([
                    ("relay", JSONLine.string(handle.text)),
                    ("cancelled", "\(answer.cancelled)"),
                    ("state", JSONLine.string(state)),
                ])
            )
        } else {
            try Terminal.print(state)
        }
        if !answer.cancelled, answer.state != .cancelled {
            throw CommandError(
                status: .failed,
                message: "the job had ended already: it is \(state)"
            )
        }
    }
}
