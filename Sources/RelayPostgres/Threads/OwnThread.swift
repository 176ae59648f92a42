internal import Glibc

/// Runs a body on a thread of its own: libpq never runs on an event loop or in the cooperative pool.
///
/// A pthread and nothing more: the body has its own wait in poll(2), so no executor or loop is wanted around it.
enum OwnThread {
    /// Enough for libpq with TLS and for callbacks that decode rows; only touched pages cost memory.
    static let stackBytes = 1024 * 1024

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Starts the thread; false if the system refuses.
    static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        guard unsafe pthread_attr_init(&attributes) == 0 else { return false }
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let body = unsafe Unmanaged.passRetained(
            Body {
                var all = sigset_t()
                unsafe sigfillset(&all)
                // Signals belong to the threads that were there before.
                unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
                run()
            }
        )
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            body.toOpaque()
        )
        if code != 0 { unsafe body.release() }
        return code == 0
    }
}
