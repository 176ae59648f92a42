import RelayCore
import Testing

@Suite("A rate")
struct RateTests {
    private let start = MonotonicTime(nanoseconds: 0)
    private let rate = Rate(perSecond: 10, burst: 3)

    @Test("lets a burst pass, then one for each interval")
    func bucket() {
        var bucket = TokenBucket(rate, now: start)
        for _ in 0..<3 {
            #expect(bucket.wait(now: start) == nil)
            bucket.spend(now: start)
        }
        #expect(bucket.wait(now: start) == .milliseconds(100))
        let later = start + .milliseconds(101)
        #expect(bucket.wait(now: later) == nil)
        bucket.spend(now: later)
        #expect(bucket.wait(now: later) != nil)
    }

    @Test("is whole again after a rest, and no more than whole")
    func rest() {
        var bucket = TokenBucket(rate, now: start)
        bucket.spend(now: start)
        let later = start + .seconds(1_000)
        #expect(bucket.isFull(now: later))
        for _ in 0..<3 { bucket.spend(now: later) }
        #expect(bucket.wait(now: later) != nil)
    }

    @Test("is each name's own, and the names that are remembered are bounded")
    func book() {
        var book = RateBook(rate, capacity: 100)
        for _ in 0..<3 { book.spend("a", now: start) }
        #expect(book.wait("a", now: start) != nil)
        #expect(book.wait("b", now: start) == nil)
        for number in 0..<1_000 { book.spend("n\(number)", now: start) }
        #expect(book.count <= 100)
    }
}
