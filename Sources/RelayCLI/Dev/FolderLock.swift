internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A lock that its process holds until it ends, however that comes.
struct FolderLock: ~Copyable {
    private let descriptor: FileDescriptor

    /// Takes the lock; throws `CommandError` if another process has it.
    init(_ path: String) throws {
        let opened: FileDescriptor
        do {
            opened = try FileDescriptor.open(
                FilePath(path),
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
        } catch {
            throw CommandError.unavailable("cannot write \(path): \(error)")
        }
        guard flock(opened.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            _ = try? opened.close()
            throw CommandError.unavailable(
                "another `relay dev` runs in this folder; use it, stop it, or set DATABASE_URL"
            )
        }
        descriptor = opened
    }

    deinit { _ = try? descriptor.close() }
}
