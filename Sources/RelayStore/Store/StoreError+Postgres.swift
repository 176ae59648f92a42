import RelayCore
import RelayPostgres

extension StoreError {
    /// What a failure of Postgres means to the engine; told apart by SQLSTATE alone.
    init(_ error: PGError) {
        switch error.code {
        case .unavailable, .overloaded, .closed, .connect:
            self = .unavailable(error.description)
        case .unknown, .deadline:
            self = .unknown(error.description)
        case .server:
            // What may pass, or is an operator's to mend, is not the job's fault.
            let state = error.sqlState
            let isOperators = state == .insufficientPrivilege || state?.classCode == "42"
            if state == .lockNotAvailable {
                self = .busy
            } else if isOperators {
                self = .misconfigured(error.description)
            } else {
                self =
                    state?.isPassing == true
                    ? .unavailable(error.description) : .rejected(error.description)
            }
        }
    }
}
