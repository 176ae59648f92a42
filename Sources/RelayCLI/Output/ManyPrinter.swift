internal import RelayClient

/// Prints the answers of several relays as JSON lines, and knows what they mean together.
struct ManyPrinter {
    private let isOrdered: Bool
    private var held: [Int: String] = [:]
    private var next = 0
    private var failed = 0
    private var timedOut = 0

    /// Makes a printer; in order, a line waits for those before it.
    init(isOrdered: Bool) {
        self.isOrdered = isOrdered
    }

    /// Prints an answer.
    mutating func print(_ answer: AwaitAnswer, index: Int) throws {
        if case .failed(let failure) = answer.outcome {
            if failure.reason == .timeout { timedOut += 1 } else { failed += 1 }
        }
        for line in lines(after: AnswerLine.text(answer, index: index), at: index) {
            try Terminal.print(line)
        }
    }

    /// Prints a progress report, at once in any case.
    func print(progress value: RelayValue, of relay: RelayHandle, index: Int) throws {
        try Terminal.print(AnswerLine.progress(value, of: relay, index: index))
    }

    /// Prints what an early end left waiting, and throws `CommandError` unless all was ok.
    mutating func finish() throws {
        for index in held.keys.sorted() {
            if let line = held[index] { try Terminal.print(line) }
        }
        held = [:]
        if failed > 0 {
            throw CommandError(status: .failed, message: "\(failed) of the jobs failed")
        }
        if timedOut > 0 {
            throw CommandError(
                status: .timedOut,
                message: "\(timedOut) of the relays timed out; await them again"
            )
        }
    }

    /// The lines that may be printed now that this one is there.
    mutating func lines(after line: String, at index: Int) -> [String] {
        guard isOrdered else { return [line] }
        held[index] = line
        var ready: [String] = []
        while let line = held.removeValue(forKey: next) {
            ready.append(line)
            next += 1
        }
        return ready
    }
}
