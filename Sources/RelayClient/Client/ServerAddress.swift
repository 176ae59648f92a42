/// Where a gateway listens: `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
public enum ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or number of a host, and a port from 1 to 65,535.
    case tcp(host: String, port: Int)
    /// The path of a Unix socket.
    case unix(path: String)

    /// The port of the native protocol unless something else is said.
    public static let defaultPort = 7433

    /// Reads the text form, in which `:PORT` may be left out; nil if it is none.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard !path.isEmpty else { return nil }
            self = .unix(path: path)
            return
        }
        guard let (host, port) = Self.split(text), !host.isEmpty else { return nil }
        self = .tcp(host: String(host), port: port)
    }

    private static func split(_ text: String) -> (Substring, Int)? {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard let port = port(rest) else { return nil }
            return (host, port)
        }
        guard let colon = text.firstIndex(of: ":") else { return (text[...], defaultPort) }
        guard let port = port(text[colon...]) else { return nil }
        return (text[..<colon], port)
    }

    /// Reads what follows the host: nothing, or a colon and a port.
    private static func port(_ text: Substring) -> Int? {
        if text.isEmpty { return defaultPort }
        guard text.first == ":", let port = Int(text.dropFirst()), (1...65_535).contains(port)
        else {
            return nil
        }
        return port
    }

    var isTCP: Bool {
        if case .tcp = self { true } else { false }
    }

    /// The text form.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
