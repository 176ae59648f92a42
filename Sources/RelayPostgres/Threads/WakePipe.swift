internal import Glibc

/// What wakes a thread that waits in poll(2).
///
/// A pipe rather than an eventfd: the eventfd constants are in no Swift module, and it is written only when the thread
/// sleeps, so its price does not matter.
struct WakePipe: ~Copyable, Sendable {
    /// The end to poll.
    let readEnd: Int32
    private let writeEnd: Int32

    /// Makes a pipe; nil if the process is out of descriptors.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Wakes the thread now, or at its next wait; a full pipe already does.
    func wake() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Forgets all wakes so far.
    func drain() {
        var bytes = (UInt64(0), UInt64(0))
        while unsafe read(readEnd, &bytes, 16) == 16 {}
    }
}
