import RelayCore

extension RelayError {
    /// What a caller is told when its jobs could not be inserted.
    init(insert error: StoreError) {
        switch error {
        case .unavailable, .unknown, .misconfigured, .busy:
            self.init(store: error)
        case .rejected:
            self.init(
                .invalidArgument,
                reason: "REJECTED_BY_DATABASE",
                message: "the database refused the job; check args, meta and tags"
            )
        case .keyConflict:
            self.init(
                .alreadyExists,
                reason: "KEY_CONFLICT",
                message: "the idempotency key is taken by a job with another worker or other args"
            )
        case .keysNotInstalled:
            self.init(
                .failedPrecondition,
                reason: "KEYS_NOT_INSTALLED",
                message:
                    "idempotency keys need their table; run `relay migrate --keys`, or send no key"
            )
        }
    }

    /// What a caller is told when the database could not be asked.
    init(store error: StoreError) {
        switch error {
        case .unknown:
            self.init(
                .unavailable,
                reason: "OUTCOME_UNKNOWN",
                message:
                    "the connection to Postgres was lost during the commit; send again with the same idempotency key",
                retryAfter: .milliseconds(500)
            )
        case .busy:
            self.init(
                .unavailable,
                reason: "ROW_LOCKED",
                message: "another session of the database holds a lock on the job; try again",
                retryAfter: .seconds(1)
            )
        case .misconfigured:
            self.init(
                .failedPrecondition,
                reason: "DATABASE_REFUSES",
                message:
                    "the database refuses what this gateway needs; the gateway's log says what, for its operator"
            )
        case .unavailable, .rejected, .keyConflict, .keysNotInstalled:
            self.init(
                .unavailable,
                reason: "POSTGRES_UNAVAILABLE",
                message: "Postgres cannot be reached now; it is safe to try again",
                retryAfter: .seconds(1)
            )
        }
    }
}
