internal import Histogram
internal import NIOConcurrencyHelpers
internal import RelayClient

/// One run of load: so many calls, so many at once.
struct BenchRun: Sendable {
    let client: RelayClient
    let job: NewJob
    let timeout: Duration

    /// How often progress is reported.
    private static let progressInterval = Duration.seconds(1)

    private struct Tally {
        var left: Int
        var done = 0
        var failed = 0
        var firstFailure: String?
        /// Microseconds, to three digits.
        var latencies = Histogram<UInt32>(
            highestTrackableValue: 3_600_000_000,
            numberOfSignificantValueDigits: .three
        )
    }

    /// Makes the calls, and tells of progress meanwhile.
    func make(
        _ calls: Int,
        inFlight: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) async -> BenchReport {
        let tally = NIOLockedValueBox(Tally(left: calls))
        let start = ContinuousClock.now
        let telling = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.progressInterval)
                progress(tally.withLockedValue { $0.done })
            }
        }
        await withDiscardingTaskGroup { group in
            for _ in 0..<inFlight { group.addTask { await self.callAgainAndAgain(tally) } }
        }
        let elapsed = ContinuousClock.now - start
        telling.cancel()
        await telling.value
        return tally.withLockedValue { tally in
            BenchReport(
                calls: calls,
                inFlight: inFlight,
                failed: tally.failed,
                firstFailure: tally.firstFailure,
                seconds: elapsed / .seconds(1),
                milliseconds: BenchReport.percentiles.map {
                    Double(tally.latencies.valueAtPercentile($0)) / 1_000
                },
                maxMilliseconds: Double(tally.latencies.max) / 1_000
            )
        }
    }

    private func callAgainAndAgain(_ tally: NIOLockedValueBox<Tally>) async {
        func takeOne() -> Bool {
            tally.withLockedValue { tally in
                guard tally.left > 0 else { return false }
                tally.left -= 1
                return true
            }
        }
        while takeOne() {
            let start = ContinuousClock.now
            var failure: String?
            do {
                _ = try await client.call(job, timeout: timeout)
            } catch {
                failure = CommandError(error).message
            }
            let took = ContinuousClock.now - start
            tally.withLockedValue { tally in
                tally.done += 1
                _ = tally.latencies.record(UInt64(max(took / .microseconds(1), 0)))
                guard let failure else { return }
                tally.failed += 1
                tally.firstFailure = tally.firstFailure ?? failure
            }
        }
    }
}

/// What a run of load showed.
struct BenchReport: Sendable {
    static let percentiles = [50.0, 90.0, 99.0, 99.9]

    var calls: Int
    var inFlight: Int
    var failed: Int
    var firstFailure: String?
    var seconds: Double
    /// The latencies at the percentiles.
    var milliseconds: [Double]
    var maxMilliseconds: Double

    private var rate: Double { Double(calls) / seconds }

    /// For people.
    var text: String {
        var lines = [
            "\(calls) calls, \(inFlight) in flight: \(Self.short(rate)) calls/s, \(Self.short(seconds)) s"
        ]
        for (percentile, value) in zip(Self.percentiles, milliseconds) {
            lines.append("  p\(Self.name(percentile))  \(Self.short(value)) ms")
        }
        lines.append("  max  \(Self.short(maxMilliseconds)) ms")
        if failed > 0 {
            lines.append("\(failed) failed; the first: \(OneLine.text(firstFailure ?? ""))")
        }
        return lines.joined(separator: "\n")
    }

    /// One line for programs.
    var json: String {
        var fields = [
            "\"calls\":\(calls)", "\"in_flight\":\(inFlight)", "\"failed\":\(failed)",
            "\"seconds\":\(Self.short(seconds))", "\"calls_per_s\":\(Self.short(rate))",
        ]
        for (percentile, value) in zip(Self.percentiles, milliseconds) {
            fields.append("\"p\(Self.name(percentile))_ms\":\(Self.short(value))")
        }
        fields.append("\"max_ms\":\(Self.short(maxMilliseconds))")
        return "{\(fields.joined(separator: ","))}"
    }

    private static func name(_ percentile: Double) -> String {
        percentile == percentile.rounded() ? "\(Int(percentile))" : "\(percentile)"
    }

    /// Three digits behind the point are as many as were measured.
    private static func short(_ value: Double) -> String {
        "\((value * 1_000).rounded() / 1_000)"
    }
}
