import RelayCore
import Testing

@testable import RelayGateway

@Suite("What waits for a client is metered")
struct OutboundMeterTests {
    private func at(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(nanoseconds: milliseconds * 1_000_000)
    }

    private func meter() -> OutboundMeter {
        OutboundMeter(pauseBytes: 100, maxBytes: 1_000, stall: .seconds(1), now: at(0))
    }

    @Test("reading pauses above its limit, and goes on below")
    func pause() {
        var meter = meter()
        meter.add(100, now: at(0))
        #expect(!meter.isPaused)
        meter.add(1, now: at(0))
        #expect(meter.isPaused)
        meter.remove(1, now: at(1))
        #expect(!meter.isPaused)
    }

    @Test("over the limit it is over once nothing was taken for a second, and a second look later")
    func stalled() {
        var meter = meter()
        meter.add(1_000, now: at(0))
        #expect(meter.deadline == nil)
        let full = meter.check(now: at(5_000))
        #expect(!full)
        meter.add(1, now: at(500))
        #expect(meter.deadline == at(1_000))
        let first = meter.check(now: at(1_000))
        #expect(!first)
        #expect(meter.deadline == at(1_250))
        let early = meter.check(now: at(1_249))
        #expect(!early)
        let second = meter.check(now: at(1_250))
        #expect(second)
    }

    @Test("a client that takes something has another second")
    func taking() {
        var meter = meter()
        meter.add(3_000, now: at(0))
        _ = meter.check(now: at(1_000))
        meter.remove(100, now: at(1_100))
        #expect(meter.deadline == at(2_100))
        let after = meter.check(now: at(2_000))
        #expect(!after)
    }

    @Test("above the hard limit it is over, whatever is taken")
    func flooded() {
        var meter = meter()
        meter.add(4_000, now: at(0))
        #expect(!meter.isFlooded)
        meter.add(1, now: at(0))
        #expect(meter.isFlooded)
    }

    @Test("the time of a client that had nothing to take begins with the first byte")
    func idleBefore() {
        var meter = meter()
        meter.add(2_000, now: at(60_000))
        #expect(meter.deadline == at(61_000))
    }
}
