internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The standard streams.
enum Terminal {
    /// Writes bytes as they are to stdout.
    ///
    /// - Throws: `CommandError` if nobody reads them any more.
    static func write(_ bytes: [UInt8]) throws {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            throw CommandError(status: .failed, message: "cannot write to stdout: \(error)")
        }
    }

    /// Writes a line to stdout.
    static func print(_ line: String) throws {
        try write(Array(line.utf8) + [UInt8(ascii: "\n")])
    }

    /// Writes a line to stderr; best effort.
    static func complain(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll(Array("relay: \(line)\n".utf8))
    }

    /// Shows how far something is, over what was shown before; only where stderr is a terminal.
    static func showProgress(_ text: String) {
        guard isatty(FileDescriptor.standardError.rawValue) == 1 else { return }
        _ = try? FileDescriptor.standardError.writeAll(Array("\r\u{1B}[K\(text)".utf8))
    }

    /// Takes the progress away again.
    static func clearProgress() { showProgress("") }

    /// All of stdin as text.
    ///
    /// - Throws: `CommandError` if it is over the limit.
    static func readAll(limit: Int = maxInputBytes) throws -> String {
        var text = ""
        while let line = readLine(strippingNewline: false) {
            text += line
            guard text.utf8.count <= limit else {
                throw CommandError.usage("stdin holds more than \(limit) bytes; send less")
            }
        }
        return text
    }

    /// The most bytes that are read from stdin: what fits into a message.
    static let maxInputBytes = 4 * 1024 * 1024
}
