// Relay inside a Swift service: handlers with Codable values, calls, and many answers as they happen.
//
//     DATABASE_URL=postgres://… swift run InProcessExample

import FoundationEssentials
import Logging
import Relay

struct Order: Codable, Sendable {
    var item: String
    var cents: Int
}

struct Receipt: Codable, Sendable {
    var text: String
    var attempt: Int
}

@main
struct InProcess {
    static func main() async throws {
        guard let url = ProcessInfo.processInfo.environment["DATABASE_URL"] else {
            print("Set DATABASE_URL to a database that `relay migrate` has prepared.")
            return
        }
        var logger = Logger(label: "in-process")
        logger.logLevel = .warning

        let relay = try RelayRuntime(
            RelayConfiguration(databaseURL: url, queues: ["orders": 4]),
            logger: logger
        )
        relay.handle("Charge") { (order: Order, context: JobContext) in
            if order.cents > 50_000 { throw JobControl.cancel(reason: "over the limit") }
            return Receipt(
                text: "\(order.item) for \(order.cents) cents",
                attempt: context.job.attempt
            )
        }
        try await relay.start()

        let receipt = try await relay.call(
            "Charge",
            Order(item: "a book", cents: 1_250),
            as: Receipt.self,
            queue: "orders"
        )
        print("one:  \(receipt.text)")

        let jobs = try (1...5).map {
            try NewJob(
                worker: "Charge",
                queue: "orders",
                encoding: Order(item: "item \($0)", cents: $0 * 11_000)
            )
        }
        let relays = try await relay.async(jobs)
        for try await answer in relay.awaitMany(relays, as: Receipt.self) {
            switch answer.result {
            case .success(let receipt): print("many: \(receipt.text)")
            case .failure(let failure as Failure):
                print("many: \(failure.reason) \(failure.message)")
            case .failure(let error): print("many: \(error)")
            }
        }
        await relay.stop()
    }
}
