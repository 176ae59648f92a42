internal import Configuration
internal import FoundationEssentials

/// What the options of a command are set to: a flag beats the environment, the environment beats the file.
///
/// The option `--drain-grace` is `RELAY_DRAIN_GRACE` in the environment and `drain-grace` in the file. Several values
/// of one option are a list in the file, and are separated by spaces in the environment.
struct Settings: Sendable {
    private let environment: [String: String]
    private let reader: ConfigReader

    /// The variables by which `relay work` describes a job, and which are options of other commands as well.
    private static let jobVariables = ["RELAY_QUEUE", "RELAY_META", "RELAY_MAX_ATTEMPTS"]

    /// Reads the environment and the file; throws `CommandError` if the file cannot be read.
    init(
        file: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws {
        var environment = environment
        if environment["RELAY_JOB_ID"] != nil {
            // Called from within a job: those say what the job is, not what is wanted of another.
            for name in Self.jobVariables { environment[name] = nil }
        }
        environment = environment.filter { !$0.value.isEmpty }
        self.environment = environment
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(
                environmentVariables: environment,
                arraySeparator: " "
            ).prefixKeys(with: "relay")
        ]
        if let path = file ?? environment["RELAY_CONFIG"] {
            providers.append(try await Self.read(path))
        }
        reader = ConfigReader(providers: providers)
    }

    private static func read(_ path: String) async throws -> any ConfigProvider {
        let where_ = ConfigReader(
            provider: InMemoryProvider(values: ["filePath": .init(stringLiteral: path)])
        )
        do {
            return path.hasSuffix(".json")
                ? try await FileProvider<JSONSnapshot>(config: where_)
                : try await FileProvider<YAMLSnapshot>(config: where_)
        } catch {
            throw CommandError.usage(
                "cannot read the configuration file \(path): \(OneLine.text("\(error)"))"
            )
        }
    }

    // MARK: Values

    /// The text of an option; the flag's if there is one.
    func text(_ option: String, _ flag: String? = nil) -> String? {
        flag ?? reader.string(forKey: ConfigKey([option]))
    }

    /// Whether a switch is on.
    func isOn(_ option: String, _ flag: Bool = false) throws -> Bool {
        if flag { return true }
        guard let text = reader.string(forKey: ConfigKey([option])) else {
            // A file may say true without quotes.
            return reader.bool(forKey: ConfigKey([option]), default: false)
        }
        switch text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "", "0", "false", "no", "off": return false
        default: throw wrong(option, text, "true or false")
        }
    }

    /// The whole number of an option.
    func number(_ option: String, _ flag: String? = nil, in range: ClosedRange<Int>) throws -> Int?
    {
        let text =
            flag ?? reader.string(forKey: ConfigKey([option]))
            ?? reader.int(forKey: ConfigKey([option])).map { "\($0)" }
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw wrong(option, text, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The duration of an option.
    func duration(_ option: String, _ flag: String? = nil) throws -> Duration? {
        guard let text = text(option, flag) else { return nil }
        guard let duration = DurationText.parse(text) else {
            throw wrong(option, text, DurationText.form)
        }
        return duration
    }

    /// All values of an option that may be given several times.
    func list(_ option: String, _ flags: [String] = []) -> [String] {
        if !flags.isEmpty { return flags }
        let key = ConfigKey([option])
        if let several = reader.stringArray(forKey: key) { return several.filter { !$0.isEmpty } }
        return reader.string(forKey: key).map { [$0] } ?? []
    }

    /// A secret: it is never an argument, but a variable, the file that `RELAY_<OPTION>_FILE` names, or a key.
    func secret(_ option: String) throws -> String? {
        let variable = Self.variable(option)
        if let value = environment[variable] { return value }
        let key = "\(option)-file"
        if let path = environment["\(variable)_FILE"] ?? reader.string(forKey: ConfigKey([key])) {
            return try Self.contents(ofSecret: path, named: "\(variable)_FILE")
        }
        return reader.string(forKey: ConfigKey([option]), isSecret: true)
    }

    /// A variable as it is; for those that are not ours.
    func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The error of a value that is not as it must be.
    func wrong(_ option: String, _ value: String, _ expected: String) -> CommandError {
        .usage("--\(option): '\(OneLine.text(value, limit: 200))' is not \(expected)")
    }

    static func variable(_ option: String) -> String {
        "RELAY_" + option.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    private static func contents(ofSecret path: String, named name: String) throws -> String {
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return text.trimmingSuffix(while: \.isNewline)
        } catch {
            throw CommandError.usage("\(name): cannot read \(path)")
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, predicate(last) { text.removeLast() }
        return String(text)
    }
}
