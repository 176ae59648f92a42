internal import ArgumentParser
internal import Logging
internal import RelayClient

/// The command `relay work`.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Run the jobs of queues by any program.",
        discussion: """
            The program is started for each job. It reads the arguments as JSON from stdin; what it writes to \
            stdout is the result: JSON, or else bytes. Exit status 0 is ok, 75 puts the job off for 30 s, \
            anything else fails the attempt with stderr as the message. A cancelled job gets SIGTERM, then \
            SIGKILL. In the environment: RELAY_JOB_ID, RELAY_WORKER, RELAY_QUEUE, RELAY_ATTEMPT, \
            RELAY_MAX_ATTEMPTS, RELAY_META, RELAY_TAGS (with commas), and TRACEPARENT.

              relay work --queue shout:4 -- sh -c 'tr a-z A-Z'
              relay call Shout '{"say":"it works"}' --queue shout
              relay work --queue orders:8 --queue mail:2 -- ./handle-job

            SIGTERM and SIGINT drain: no more jobs, and those that run may finish within --drain-grace.
            """
    )

    @Option(name: .customLong("queue"), help: "NAME:LIMIT; may be given several times.")
    var queues: [String] = []

    @Option(help: "The named instance of the gateway (default: default).")
    var instance: String?

    @Option(help: "What the gateway's logs call this worker.")
    var node: String?

    @Option(help: "How long running programs may take after SIGTERM (default: 25s).")
    var drainGrace: String?

    @Option(help: "The most bytes of stdout (default: \(ProgramRunner.defaultOutputLimit)).")
    var outputLimit: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var log: LogOptions

    @Argument(parsing: .postTerminator, help: "The program and its arguments.")
    var command: [String] = []

    func run() async throws {
        let settings = try await connection.settings()
        let queues = try QueueLimit.read(settings.list("queue", queues), settings)
        guard !queues.isEmpty else {
            throw CommandError.usage("name at least one queue: --queue NAME:LIMIT")
        }
        let grace = try settings.duration("drain-grace", drainGrace) ?? .seconds(25)
        let limit =
            try settings.number("output-limit", outputLimit, in: 1...64 * 1024 * 1024)
            ?? ProgramRunner.defaultOutputLimit
        let runner = try await ProgramRunner(command: command, outputLimit: limit)
        var configuration = try connection.configuration(settings)
        configuration.logger = try log.logger(settings)
        let client = RelayClient(configuration)
        let worker = RelayWorker(
            client,
            queues: queues,
            instance: settings.text("instance", instance) ?? RelayHandle.defaultInstance,
            name: settings.text("node", node) ?? "",
            handler: { job, _ in try await runner.run(job) }
        )
        let (logger, programs) = (configuration.logger, runner.running)
        try await StopSignals.whileRunning {
            logger.info("draining", metadata: ["grace": "\(DurationText.text(grace))"])
            worker.drain()
            guard (try? await Task.sleep(for: grace)) != nil else { return }
            logger.warning("the grace is over; the jobs that still run are handed back")
            client.close()
        } onSecond: {
            programs.killAll()
        } body: {
            do {
                try await worker.run()
            } catch let error as RelayError where error.reason == "CLIENT_CLOSED" {
                // Handed back when the grace was over.
            }
        }
    }
}
