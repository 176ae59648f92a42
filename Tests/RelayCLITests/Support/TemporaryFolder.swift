import FoundationEssentials

/// Runs a body with a folder that is gone afterwards.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("relay-cli-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
    do {
        try await body(path.path)
    } catch {
        try? FileManager.default.removeItem(at: path)
        throw error
    }
    try FileManager.default.removeItem(at: path)
}

func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}
