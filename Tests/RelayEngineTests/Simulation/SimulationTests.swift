import FoundationEssentials
import RelayTestSupport
import Testing

/// Thousands of random histories.
///
/// `RELAY_SIM_SEED=N` replays one of them, `RELAY_SIM_SCHEDULES` says how many there are.
@Suite("The simulation", .timeLimit(.minutes(10)))
struct SimulationTests {
    private static let parts = 8
    private static let defaultSchedules = 10_000

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test("every promise holds whatever fails", arguments: 0..<Self.parts)
    func promises(part: Int) {
        if let seed = Self.setting("RELAY_SIM_SEED") {
            if part == 0 { check(UInt64(seed)) }
            return
        }
        let count = Self.setting("RELAY_SIM_SCHEDULES") ?? Self.defaultSchedules
        for number in stride(from: part, to: count, by: Self.parts) {
            guard check(UInt64(number + 1)) else { return }
        }
    }

    @discardableResult
    private func check(_ seed: UInt64) -> Bool {
        let wrong = Schedule(seed: seed).run()
        for line in wrong.prefix(5) { Issue.record("RELAY_SIM_SEED=\(seed): \(line)") }
        return wrong.isEmpty
    }

    @Test("a planted bug is found", arguments: PlantedBug.allCases)
    func findsPlanted(bug: PlantedBug) {
        let found = (UInt64(1)...200).first { !Schedule(seed: $0, bug: bug).run().isEmpty }
        #expect(found != nil)
    }
}
