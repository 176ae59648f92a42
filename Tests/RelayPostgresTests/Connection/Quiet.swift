import Logging

/// A logger for tests that expect trouble.
enum Quiet {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
