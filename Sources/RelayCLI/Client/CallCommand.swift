internal import ArgumentParser
internal import RelayClient

/// The command `relay call`.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a job and print its result.",
        discussion: """
            The result goes to stdout as it is. If there is none in time, the relay is printed instead, and \
            the exit status is 3: the job goes on, and `relay await` waits on.

              relay call Echo '{"id":123}'
              relay call Charge '{"order":7}' --queue orders --timeout 30s --with-retries
              jq -c . order.json | relay call Charge - --idempotency-key order-7
            """
    )

    @OptionGroup var job: JobOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print the whole answer as JSON: relay, attempt, and ok or error.")
    var json = false

    func run() async throws {
        let settings = try await connection.settings()
        let printer = AnswerPrinter(isJSON: try settings.isOn("json", json))
        let job = try job.job(settings)
        let timeout = try wait.duration(settings)
        let withRetries = try wait.waitsThroughFailures(settings)
        let cancelOn = try wait.cancels(settings)
        let client = try await connection.connect(settings)
        let answer = try await client.callAnswer(
            job,
            instance: self.job.instanceName(settings),
            timeout: timeout,
            withRetries: withRetries,
            cancelOn: cancelOn
        )
        try printer.print(answer)
    }
}
