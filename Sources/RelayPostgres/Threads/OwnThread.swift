import Glibc

/// Runs a body on a thread of its own: libpq never runs on an event loop or in the cooperative pool.
enum OwnThread {
    /// Enough for libpq and for decoding rows.
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
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let body = unsafe Unmanaged.passRetained(Body(run: run))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.run()
                return nil
            },
            body.toOpaque()
        )
        if code != 0 { unsafe body.release() }
        return code == 0
    }
}
