import NIOConcurrencyHelpers
import RelayCore

/// Collects results that arrive one by one, and passes them on together once all are there.
final class GatheredResults<Value: Sendable>: Sendable {
    private struct State {
        var results: [Result<Value, StoreError>?]
        var missing: Int
    }

    private let state: NIOLockedValueBox<State>
    private let then: @Sendable ([Result<Value, StoreError>]) -> Void

    init(count: Int, then: @escaping @Sendable ([Result<Value, StoreError>]) -> Void) {
        state = NIOLockedValueBox(
            State(results: Array(repeating: nil, count: count), missing: count)
        )
        self.then = then
        if count == 0 { then([]) }
    }

    func set(_ index: Int, _ result: Result<Value, StoreError>) {
        let all = state.withLockedValue { state -> [Result<Value, StoreError>]? in
            guard state.results[index] == nil else { return nil }
            state.results[index] = result
            state.missing -= 1
            return state.missing == 0 ? state.results.compactMap { $0 } : nil
        }
        if let all { then(all) }
    }
}
