import PostgresTestSupport
import RelayCore
import RelayEngine
import RelayPostgres
import Testing

@Suite("The engine on Postgres")
struct EngineOnPostgresTests {
    private static let echo: HandlerExecutor.Body = { .ok(.json($0.args)) }

    @Test("a call is inserted, claimed, run, finished and answered")
    func call() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(
                on: database.url,
                queues: ["default": 4],
                handler: Self.echo
            )
            for number in 1...3 {
                let answer = try await node.call(
                    NewJob(worker: "Echo", args: "{\"id\": \(number)}")
                )
                #expect(answer.outcome == .ok(.json("{\"id\":\(number)}")))
                #expect(answer.attempt == 1)
            }
            await node.stop()
        }
    }

    @Test("an answer given from memory is the one that the row gives later, on another node too")
    func identicalAnswers() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url, queues: ["default": 4]) { job in
                switch job.worker {
                case "Value": .ok(.json("{ \"b\": [1, 2.50, null], \"a\": \"\\u00e9\", \"a\": 3 }"))
                case "Bytes": .ok(.data([0, 255, 1], contentType: "image/x"))
                case "Large":
                    .ok(.data((0..<20_000).map { _ in .random(in: 0...255) }, contentType: ""))
                case "Discard": .discard(reason: "hopeless\0")
                case "Cancel": .cancel(reason: "not wanted")
                default:
                    .exception(JobException(kind: "Boom", message: "it broke", stacktrace: "at x"))
                }
            }
            let other = try await TestNode.start(on: database.url, migrate: false)
            for worker in ["Value", "Bytes", "Large", "Discard", "Cancel", "Raise"] {
                let first = try await node.call(
                    NewJob(worker: worker, maxAttempts: 1),
                    options: AwaitOptions(timeout: .seconds(20))
                )
                let again = try await other.answer(first.relay)
                #expect(again == first, "\(worker)")
            }
            await other.stop()
            await node.stop()
        }
    }

    @Test("an idempotency key returns the first job, and is refused for another")
    func keys() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            let job = NewJob(worker: "Echo", args: "{\"n\":1}", idempotencyKey: "k")
            async let one = node.async([job])
            async let two = node.async([job])
            let relays = try await [one[0], two[0]]
            #expect(relays[0].jobID == relays[1].jobID)
            #expect(relays[0].ref == relays[1].ref)
            #expect(relays.map(\.duplicate).sorted { !$0 && $1 } == [false, true])
            let other = NewJob(worker: "Echo", args: "{\"n\":2}", idempotencyKey: "k")
            await #expect(throws: RelayError.self) {
                try await node.async([NewJob(worker: "X"), other])
            }
            let session = database.session()
            #expect(try await session.run("SELECT count(*) FROM public.oban_jobs") == [["1"]])
            await session.end()
            await node.stop()
        }
    }

    @Test("a unique job is inserted once, and the second caller may await the first's")
    func unique() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            let job = NewJob(worker: "Echo", args: "{\"n\":1}", unique: Unique(period: nil))
            let first = try await node.async([job])[0]
            let again = try await node.async([job])[0]
            #expect(again.jobID == first.jobID && again.ref == first.ref && again.duplicate)
            let other = NewJob(worker: "Echo", args: "{\"n\":2}", unique: Unique(period: nil))
            #expect(try await node.async([other])[0].jobID != first.jobID)
            await node.stop()
        }
    }

    @Test(
        "of a unique job with a key the key decides first, and then stands for the job that was found"
    )
    func uniqueWithKey() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            func job(_ n: Int, key: String?) -> NewJob {
                NewJob(
                    worker: "Echo",
                    args: "{\"n\":\(n)}",
                    unique: Unique(period: nil),
                    idempotencyKey: key
                )
            }
            let first = try await node.async([job(1, key: "a")])[0]
            #expect(!first.duplicate)
            #expect(try await node.async([job(1, key: "a")])[0].ref == first.ref)
            let found = try await node.async([job(1, key: "b")])[0]
            #expect(found.jobID == first.jobID && found.ref == first.ref && found.duplicate)
            await #expect(throws: RelayError.self) {
                _ = try await node.async([job(2, key: "b")])
            }
            let plain = NewJob(worker: "Echo", args: "{\"n\":1}", idempotencyKey: "b")
            #expect(try await node.async([plain])[0].jobID == first.jobID)
            await node.stop()
        }
    }

    @Test("jobs run by priority, then by age")
    func order() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            let jobs = [(9, 1), (0, 2), (5, 3), (0, 4)].map {
                NewJob(worker: "Echo", args: "{\"n\":\($0.1)}", priority: $0.0)
            }
            let relays = try await node.async(jobs)
            let runner = try await TestNode.start(
                on: database.url,
                queues: ["default": 1],
                migrate: false,
                handler: Self.echo
            )
            for relay in relays { _ = try await node.answer(relay) }
            let session = database.session()
            let rows = try await session.run(
                "SELECT args->>'n' FROM public.oban_jobs ORDER BY attempted_at, completed_at"
            )
            #expect(rows.map { $0[0] } == ["2", "4", "3", "1"])
            await session.end()
            await runner.stop()
            await node.stop()
        }
    }

    @Test("a job that its caller no longer wants to begin is cancelled as expired")
    func expiry() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            let relay = try await node.async([
                NewJob(worker: "Echo", expiresIn: .milliseconds(1))
            ])[0]
            let runner = try await TestNode.start(
                on: database.url,
                queues: ["default": 1],
                migrate: false,
                handler: Self.echo
            )
            let answer = try await node.answer(relay)
            guard case .failed(let failure) = answer.outcome else {
                Issue.record("it ran")
                return
            }
            #expect(failure.reason == .cancelled)
            #expect(failure.message == "expired")
            await runner.stop()
            await node.stop()
        }
    }

    @Test("a job inserted by SQL is awaited by the relay that the function returns")
    func insertedBySQL() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let node = try await TestNode.start(
                on: database.url,
                queues: ["default": 1],
                handler: Self.echo
            )
            let rows = try await session.run(
                """
                SELECT public.relay_async('Echo', '{"n":1}', priority => 3, tags => '{a,b}', meta => '{"m":1}')
                """
            )
            let relay = try #require(rows.first?[0].flatMap { RelayHandle(text: $0) })
            #expect(try await node.answer(relay).outcome == .ok(.json("{\"n\":1}")))
            let stored = try await session.run(
                "SELECT priority, tags::text, meta->>'m' FROM public.oban_jobs"
            )
            #expect(stored == [["3", "{a,b}", "1"]])
            await session.end()
            await node.stop()
        }
    }

    @Test("what is no job is refused by the SQL function too")
    func refusedBySQL() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let node = try await TestNode.start(on: database.url)
            for wrong in ["'Echo', '[]'", "'Echo', priority => 10", "''", "'Echo', queue => ''"] {
                await #expect(throws: PGError.self) {
                    try await session.run("SELECT public.relay_async(\(wrong))")
                }
            }
            #expect(try await session.run("SELECT count(*) FROM public.oban_jobs") == [["0"]])
            await session.end()
            await node.stop()
        }
    }

    @Test("a row that somebody has locked holds up its own outcome only")
    func lockedRow() async throws {
        try await TestDatabase.with { database in
            let raw = try database.raw()
            let (ends, end) = AsyncStream<Void>.makeStream()
            let node = try await TestNode.start(on: database.url, queues: ["default": 8]) { job in
                if job.worker == "Held" { for await _ in ends {} }
                return .ok(.json("1"))
            }
            let held = try await node.async([NewJob(worker: "Held")])[0]
            let session = database.session()
            while try await session.run(
                "SELECT 1 FROM public.oban_jobs WHERE state = 'executing'"
            ).isEmpty {}
            await session.end()
            try raw.run("BEGIN")
            try raw.run("SELECT 1 FROM public.oban_jobs WHERE id = \(held.jobID) FOR UPDATE")
            end.finish()
            for _ in 0..<3 {
                let answer = try await node.call(
                    NewJob(worker: "Free"),
                    options: AwaitOptions(timeout: .seconds(4))
                )
                #expect(answer.outcome == .ok(.json("1")))
            }
            try raw.run("ROLLBACK")
            #expect(try await node.answer(held).outcome == .ok(.json("1")))
            await node.stop()
        }
    }

    @Test("the same key twice in one request is one job, and with other args a conflict")
    func keyTwiceInARequest() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            let job = NewJob(worker: "Echo", args: "{\"n\":1}", idempotencyKey: "k")
            let relays = try await node.async([job, job])
            #expect(relays.map(\.jobID) == [relays[0].jobID, relays[0].jobID])
            #expect(relays.map(\.duplicate) == [false, true])
            let other = NewJob(worker: "Echo", args: "{\"n\":2}", idempotencyKey: "k")
            await #expect(throws: RelayError.self) { _ = try await node.async([job, other]) }
            await node.stop()
        }
    }

    @Test("a long job looks young to Oban's rescues for as long as it runs")
    func renewal() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let (ends, end) = AsyncStream<Void>.makeStream()
            let node = try await TestNode.start(on: database.url, queues: ["default": 1]) { _ in
                for await _ in ends {}
                return .ok(.json("1"))
            }
            let relay = try await node.async([NewJob(worker: "Long")])[0]
            var aged: [String?] = []
            while aged.isEmpty {
                aged = try await session.run(
                    """
                    UPDATE public.oban_jobs SET attempted_at = attempted_at - interval '400 seconds'
                    WHERE state = 'executing' RETURNING id
                    """
                ).map { $0[0] }
            }
            var isYoung = false
            while !isYoung {
                let rows = try await session.run(
                    """
                    SELECT count(*) FROM public.oban_jobs WHERE state = 'executing'
                        AND attempted_at > timezone('UTC', now()) - interval '60 seconds'
                    """
                )
                isYoung = rows.map { $0[0] } == ["1"]
            }
            end.finish()
            #expect(try await node.answer(relay).outcome == .ok(.json("1")))
            await session.end()
            await node.stop()
        }
    }

    @Test("its waiters hear that it expired though nobody serves its queue")
    func expiryWithoutExecutors() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url)
            let answer = try await node.call(
                NewJob(worker: "Echo", queue: "nobody", expiresIn: .milliseconds(200)),
                options: AwaitOptions(timeout: .seconds(5))
            )
            guard case .failed(let failure) = answer.outcome else {
                Issue.record("it ran")
                return
            }
            #expect(failure.reason == .cancelled)
            #expect(failure.message == "expired")
            await node.stop()
        }
    }

    @Test("the jobs of a node that vanished run again within 15 seconds, and are answered once")
    func rescue() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let node = try await TestNode.start(on: database.url)
            let relay = try await node.async([NewJob(worker: "Echo", args: "{\"n\":1}")])[0]
            // What a node leaves behind that was killed while it ran the job.
            try await session.run(
                """
                UPDATE public.oban_jobs SET state = 'executing', attempt = 1,
                    attempted_by = ARRAY['gone', gen_random_uuid()::text, 'relay'],
                    attempted_at = timezone('UTC', now())
                """
            )
            let runner = try await TestNode.start(
                on: database.url,
                queues: ["default": 1],
                migrate: false,
                handler: Self.echo
            )
            let answer = try await node.answer(
                relay,
                options: AwaitOptions(timeout: .seconds(15))
            )
            #expect(answer.outcome == .ok(.json("{\"n\":1}")))
            #expect(answer.attempt == 2)
            await session.end()
            await runner.stop()
            await node.stop()
        }
    }

    @Test("nobody else's orphans are touched")
    func strangers() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let node = try await TestNode.start(on: database.url)
            let relay = try await node.async([NewJob(worker: "Elixir", queue: "theirs")])[0]
            try await session.run(
                """
                UPDATE public.oban_jobs SET state = 'executing', attempt = 1,
                    attempted_by = ARRAY['web.1', gen_random_uuid()::text],
                    attempted_at = timezone('UTC', now() - interval '1 day')
                """
            )
            let answer = try await node.answer(
                relay,
                options: AwaitOptions(timeout: .seconds(9))
            )
            guard case .failed(let failure) = answer.outcome else {
                Issue.record("nobody ran it")
                return
            }
            #expect(failure.reason == .timeout)
            #expect(failure.state == .executing)
            await session.end()
            await node.stop()
        }
    }

    @Test("a job cancelled while it waits, or runs, is answered so and never finished otherwise")
    func cancel() async throws {
        try await TestDatabase.with { database in
            let node = try await TestNode.start(on: database.url, queues: ["default": 1]) { _ in
                try? await Task.sleep(for: .seconds(60))
                return .ok(.null)
            }
            let relays = try await node.async([NewJob(worker: "A"), NewJob(worker: "B")])
            for relay in relays {
                #expect(try await node.cancel(relay).cancelled)
                #expect(try await !node.cancel(relay).cancelled)
                let answer = try await node.answer(relay)
                guard case .failed(let failure) = answer.outcome else {
                    Issue.record("it finished")
                    continue
                }
                #expect(failure.reason == .cancelled)
            }
            await node.stop()
        }
    }

    @Test("an answer outlives its row, whoever deletes that")
    func outcomesOutliveRows() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let node = try await TestNode.start(
                on: database.url,
                queues: ["default": 1],
                handler: Self.echo
            )
            let first = try await node.call(NewJob(worker: "Echo", args: "{\"n\":1}"))
            try await session.run("DELETE FROM public.oban_jobs")
            #expect(try await node.answer(first.relay) == first)
            await session.end()
            await node.stop()
        }
    }

    @Test("a job that an Oban node ran is answered from its row")
    func foreignExecutor() async throws {
        try await TestDatabase.with { database in
            let session = database.session()
            let node = try await TestNode.start(on: database.url)
            let relays = try await node.async([
                NewJob(worker: "A", queue: "py"), NewJob(worker: "B", queue: "py"),
            ])
            // What Oban for Python records for `return Record([1, "two"])`, and writes of an error.
            try await session.run(
                """
                UPDATE public.oban_jobs SET state = 'completed', attempt = 1,
                    meta = meta || '{"recorded":true,"return":"g2wAAAACYQFtAAAAA3R3b2o"}' WHERE worker = 'A'
                """
            )
            try await session.run(
                """
                UPDATE public.oban_jobs SET state = 'discarded', attempt = 1, errors = errors || jsonb_build_object(
                    'attempt', 1, 'error', E'Traceback (most recent call last):\\n  x\\nValueError: no') WHERE worker = 'B'
                """
            )
            #expect(try await node.answer(relays[0]).outcome == .ok(.json("[1,\"two\"]")))
            guard case .failed(let failure) = try await node.answer(relays[1]).outcome else {
                Issue.record("it failed")
                return
            }
            #expect(failure.reason == .discarded)
            #expect(failure.kind == "ValueError")
            #expect(failure.message == "no")
            await session.end()
            await node.stop()
        }
    }
}
