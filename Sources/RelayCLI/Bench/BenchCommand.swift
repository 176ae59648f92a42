internal import ArgumentParser
internal import NIOConcurrencyHelpers
internal import RelayClient

/// The command `relay bench`.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Load a gateway with calls, and report rate and latencies.",
        discussion: """
            So many calls are kept in flight on one connection; each is a durable job, awaited to its result. \
            The load is made by the Swift client, which costs more than a generator in C (`make bench`) does.

              relay bench --calls 10000 --in-flight 64
              relay bench --calls 1000 --in-flight 1 --json        # sequential latency
              relay bench Sleep '{"ms":20}' --in-flight 256

            Exit status 1 if any call failed.
            """
    )

    @Argument(help: "The worker to call.")
    var worker = "Echo"

    @Argument(help: "The arguments: a JSON object.")
    var args = "{}"

    @Option(help: "How many calls are made in all (default: 10000).")
    var calls: String?

    @Option(help: "How many calls are in flight at once (default: 64).")
    var inFlight: String?

    @Option(help: "The queue of the jobs.")
    var queue = "default"

    @Option(help: "How long a call may take, as 250ms, 5s, 2m (default: 30s).")
    var timeout: String?

    @Flag(help: "Print the report as one line of JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    /// The most calls of a run, and in flight.
    private static let maxCalls = 100_000_000
    private static let maxInFlight = 60_000

    func run() async throws {
        let settings = try await connection.settings()
        let calls = try settings.number("calls", calls, in: 1...Self.maxCalls) ?? 10_000
        let inFlight = try settings.number("in-flight", inFlight, in: 1...Self.maxInFlight) ?? 64
        let timeout = try settings.duration("timeout", timeout) ?? .seconds(30)
        let job = NewJob(worker: worker, queue: queue, args: args)
        let isJSON = try settings.isOn("json", json)
        let client = try await connection.connect(settings)
        let run = BenchRun(client: client, job: job, timeout: timeout)
        // The first call finds what is wrong before ten thousand others do.
        _ = try await client.call(job, timeout: timeout)
        let report = await run.make(calls, inFlight: min(inFlight, calls)) { done in
            if !isJSON { Terminal.showProgress("\(done) of \(calls) calls") }
        }
        if !isJSON { Terminal.clearProgress() }
        try Terminal.print(isJSON ? report.json : report.text)
        if report.failed > 0 { throw ExitCode(ProgramStatus.failed.rawValue) }
    }
}
