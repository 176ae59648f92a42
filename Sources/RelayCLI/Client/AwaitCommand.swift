internal import ArgumentParser
internal import RelayClient

/// The command `relay await`.
struct AwaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "await",
        abstract: "Wait for relays and print their results.",
        discussion: """
            One relay: its result goes to stdout as it is. Several: a JSON line for each as it happens, \
            {"index":0,"relay":"…","ok":…} or {"index":1,"relay":"…","error":{…}}. A relay may be awaited \
            again, from anywhere, and gives the same answer.

              relay await 12/Zm9vYmFyYmF6cXV1eA
              relay await --with-retries --timeout 1h "$handle"
              for n in 1 2 3; do relay async Sleep '{"ms":'$n'00}'; done | relay await -
            """
    )

    @Argument(help: "What `relay async` printed; - reads them from stdin.")
    var relays: [String]

    @OptionGroup var wait: WaitOptions
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Several relays: print in the order of the arguments.")
    var ordered = false

    @Flag(help: "Print progress reports too, as JSON lines.")
    var progress = false

    @Option(help: "Several relays: end once this many are ok.")
    var stopAfter: String?

    @Flag(help: "Several relays: end at the first that is not ok.")
    var failFast = false

    @Flag(help: "Print JSON lines for one relay, too.")
    var json = false

    func run() async throws {
        let settings = try await connection.settings()
        let handles = try RelayArguments.read(relays)
        let progress = try settings.isOn("progress", progress)
        let isJSON = try settings.isOn("json", json)
        let timeout = try wait.duration(settings)
        let withRetries = try wait.waitsThroughFailures(settings)
        let cancelOn = try wait.cancels(settings)
        let stopAfter =
            try settings.number("stop-after", stopAfter, in: 0...RelayArguments.limit) ?? 0
        if handles.count == 1, !progress, !relays.contains("-") {
            let client = try await connection.connect(settings)
            let answer = try await client.answer(
                handles[0],
                timeout: timeout,
                withRetries: withRetries,
                cancelOn: cancelOn
            )
            try AnswerPrinter(isJSON: isJSON).print(answer)
            return
        }
        guard cancelOn == .never else {
            throw CommandError.usage("--cancel-on works with one relay only; await them one by one")
        }
        var printer = ManyPrinter(isOrdered: try settings.isOn("ordered", ordered))
        let client = try await connection.connect(settings)
        let events = try await client.awaitMany(
            handles,
            timeout: timeout,
            withRetries: withRetries,
            progress: progress,
            stopAfter: stopAfter,
            failFast: try settings.isOn("fail-fast", failFast)
        )
        for try await element in events {
            switch element.event {
            case .answer(let answer): try printer.print(answer, index: element.index)
            case .progress(let value):
                try printer.print(progress: value, of: handles[element.index], index: element.index)
            }
        }
        try printer.finish()
    }
}
