import Glibc

/// What wakes a thread that waits in poll(2): a pipe that never blocks.
struct WakePipe: ~Copyable, Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    /// Makes a pipe; with both ends -1 if the process is out of descriptors, so that waits are bounded by their
    /// timeout alone.
    init() {
        var ends: (Int32, Int32) = (-1, -1)
        let made = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe pipe(bytes.baseAddress?.assumingMemoryBound(to: Int32.self))
        }
        (readEnd, writeEnd) = made == 0 ? ends : (-1, -1)
        for end in [readEnd, writeEnd] where end >= 0 {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        if readEnd >= 0 { close(readEnd) }
        if writeEnd >= 0 { close(writeEnd) }
    }

    /// Wakes the thread, now or at its next wait.
    func wake() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Forgets all wakes so far.
    func drain() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while unsafe read(readEnd, &bytes, 16) == 16 {}
    }
}
