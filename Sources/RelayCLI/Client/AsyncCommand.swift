internal import ArgumentParser
internal import RelayClient

/// The command `relay async`.
struct AsyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "async",
        abstract: "Insert a job and print its relay.",
        discussion: """
            Whoever holds the relay may await and cancel the job, from anywhere: it is a secret.

              handle=$(relay async Sleep '{"ms":3000}')
              relay await "$handle"
              relay async Report --schedule-in 10m --tag nightly
            """
    )

    @OptionGroup var job: JobOptions
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print JSON: relay, job_id, instance, duplicate.")
    var json = false

    func run() async throws {
        let settings = try await connection.settings()
        let isJSON = try settings.isOn("json", json)
        let job = try job.job(settings)
        let client = try await connection.connect(settings)
        let relay = try await client.async(job, instance: self.job.instanceName(settings))
        guard isJSON else {
            try Terminal.print(relay.text)
            return
        }
        try Terminal.print(
            JSONLine.object([
                ("relay", JSONLine.string(relay.text)),
                ("job_id", "\(relay.jobID)"),
                ("instance", JSONLine.string(relay.instance)),
                ("duplicate", "\(relay.duplicate)"),
            ])
        )
    }
}
