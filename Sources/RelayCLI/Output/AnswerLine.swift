internal import RelayClient

/// Answers as JSON lines.
enum AnswerLine {
    /// The line of one answer; `index` where several are awaited.
    static func text(_ answer: AwaitAnswer, index: Int? = nil) -> String {
        var members = head(answer.relay, index)
        if answer.attempt > 0 { members.append(("attempt", "\(answer.attempt)")) }
        switch answer.outcome {
        case .ok(let value): members += ok(value)
        case .failed(let failure): members.append(("error", error(failure)))
        }
        return JSONLine.object(members)
    }

    /// The line of a progress report.
    static func progress(_ value: RelayValue, of relay: RelayHandle, index: Int?) -> String {
        JSONLine.object(head(relay, index) + [("progress", json(value))])
    }

    private static func head(_ relay: RelayHandle, _ index: Int?) -> [(String, String)] {
        let relay = ("relay", JSONLine.string(relay.text))
        return index.map { [("index", "\($0)"), relay] } ?? [relay]
    }

    private static func ok(_ value: RelayValue) -> [(String, String)] {
        switch value {
        case .json: [("ok", json(value))]
        case .data(_, let type): [("ok", json(value)), ("content_type", JSONLine.string(type))]
        }
    }

    /// JSON as it is, bytes as base64.
    private static func json(_ value: RelayValue) -> String {
        switch value {
        case .json(let text): JSONLine.compact(text)
        case .data(let bytes, _): JSONLine.base64(bytes)
        }
    }

    private static func error(_ failure: Failure) -> String {
        var members = [("reason", JSONLine.string(FailureText.name(failure.reason)))]
        if !failure.kind.isEmpty { members.append(("kind", JSONLine.string(failure.kind))) }
        members.append(("message", JSONLine.string(failure.message)))
        if !failure.stacktrace.isEmpty {
            members.append(("stacktrace", JSONLine.string(failure.stacktrace)))
        }
        if let state = failure.state { members.append(("state", JSONLine.string(state.rawValue))) }
        if failure.reason == .timeout { members.append(("executors", "\(failure.executors)")) }
        return JSONLine.object(members)
    }
}
