internal import FoundationEssentials
internal import NIOCore
internal import NIOPosix

/// The file of a Unix socket.
enum UnixSocket {
    /// Owner and group may connect.
    static let permissions = 0o660

    /// Removes the socket that a dead gateway left behind; throws if a living one answers on it, or
    /// if the path is something else.
    static func removeStale(_ path: String, group: any EventLoopGroup) async throws {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else { return }
        let type = try files.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        guard type == .typeSocket else {
            throw GatewayError.pathTaken(path)
        }
        do {
            let channel = try await ClientBootstrap(group: group)
                .connect(unixDomainSocketPath: path)
                .get()
            try? await channel.close().get()
        } catch {
            try files.removeItem(atPath: path)
            return
        }
        throw GatewayError.socketInUse(path)
    }

    static func restrict(_ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    }

    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
