import RelayCore
package import RelayEngine

/// The kinds of what an engine asks of the table.
package enum OperationKind: Sendable, Hashable, CaseIterable {
    case insert, claim, finish, read, cancel, stage, beat, rescue, prune
}

extension StoreOperation {
    /// What kind it is.
    package var kind: OperationKind {
        switch self {
        case .insert: .insert
        case .claim: .claim
        case .finish: .finish
        case .read: .read
        case .cancel: .cancel
        case .stage: .stage
        case .beat: .beat
        case .rescue: .rescue
        case .prune: .prune
        }
    }
}

/// What becomes of an operation on the table.
package enum OperationFate: Sendable {
    /// It takes effect after the first time, and its answer arrives after the second.
    case answered(effect: Duration, answer: Duration)
    /// It has no effect, and says so after a while.
    case unavailable(after: Duration)
    /// The connection is lost after a while; the effect comes before that, after it, or never.
    case unknown(after: Duration, effect: Duration?)

    /// It happens at once.
    package static let atOnce = OperationFate.answered(effect: .zero, answer: .zero)
}

/// Which part of the operations of a kind a test holds back.
package enum HeldPart: Sendable {
    /// Nothing happens until the release.
    case everything
    /// The table changes, but the engine hears of it only after the release.
    case answers
}
