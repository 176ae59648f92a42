import Testing

@testable import RelayPostgres

@Suite("Resting between attempts to connect")
struct BackoffTests {
    @Test("each rest is twice as long, up to the bound, and jittered by half")
    func doubling() {
        var backoff = Backoff(.milliseconds(50)...(.seconds(2)))
        var longest: [Duration] = []
        for _ in 0..<8 {
            backoff.failed(after: .zero)
            longest.append(backoff.delay(random: 1))
            #expect(backoff.delay(random: 0) * 2 == backoff.delay(random: 1))
        }
        #expect(longest == [50, 100, 200, 400, 800, 1_600, 2_000, 2_000].map { .milliseconds($0) })
    }

    @Test("a connection that held begins anew, one that was thrown out at once does not")
    func reset() {
        var backoff = Backoff(.milliseconds(50)...(.seconds(2)))
        for _ in 0..<4 { backoff.failed(after: .milliseconds(10)) }
        #expect(backoff.delay(random: 1) == .milliseconds(400))
        backoff.failed(after: .seconds(3))
        #expect(backoff.delay(random: 1) == .milliseconds(50) && backoff.failures == 1)
    }
}
