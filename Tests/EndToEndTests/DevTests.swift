import FoundationEssentials
import Subprocess
import Testing

extension EndToEndTests {
    @Suite(.serialized) struct Dev {
        private func withDev(
            in folder: String,
            body: @Sendable (String, BackgroundProgram) async throws -> Void
        ) async throws -> TerminationStatus {
            let address = "unix:\(folder)/relay.sock"
            return try await BackgroundProgram.with(
                ["dev", "--listen", address, "--http", "off", "--drain-grace", "1s"],
                in: folder,
                until: " ready "
            ) { program in
                try await body(address, program)
            }
        }

        @Test func everythingComesUpFromNothingAndIsFoundAgain() async throws {
            try await withTemporaryFolder { folder in
                let relay = TextBox()
                let first = try await withDev(in: folder) { address, _ in
                    let environment: [Environment.Key: String?] = ["RELAY_ADDRESS": address]
                    let call = try await Binary.run(
                        ["call", "Echo", #"{"id":123}"#],
                        environment: environment
                    )
                    #expect(call.stdout == "{\"id\":123}\n" && call.status == 0)
                    let started = try await Binary.run(["async", "Echo"], environment: environment)
                    await relay.set(String(try #require(started.lines.first)))
                    #expect(try await Binary.run(["queues"], in: folder).stdout.contains("default"))
                    let another = try await Binary.run(
                        ["dev", "--listen", "unix:\(folder)/other.sock", "--http", "off"],
                        in: folder
                    )
                    #expect(another.status == 4 && another.complaints.count == 1)
                }
                #expect(first == .exited(0))
                #expect(
                    !FileManager.default.fileExists(
                        atPath: "\(folder)/.relay/postgres/postmaster.pid"
                    )
                )
                let killed = try await withDev(in: folder) { address, program in
                    let again = try await Binary.run(
                        ["await", await relay.text],
                        environment: ["RELAY_ADDRESS": address]
                    )
                    #expect(again.stdout == "{}\n")
                    program.send(.kill)
                }
                #expect(killed == .signaled(9))
                let third = try await withDev(in: folder) { address, _ in
                    let again = try await Binary.run(
                        ["await", await relay.text],
                        environment: ["RELAY_ADDRESS": address]
                    )
                    #expect(again.stdout == "{}\n")
                }
                #expect(third == .exited(0))
            }
        }

        @Test func whereThereIsNoPostgresOneLineNamesThePackage() async throws {
            try await withTemporaryFolder { folder in
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/.relay/postgres",
                    withIntermediateDirectories: true
                )
                try write("1\n", to: "\(folder)/.relay/postgres/PG_VERSION")
                let ending = try await Binary.run(["dev", "--http", "off"], in: folder)
                #expect(ending.status == 4)
                #expect(ending.complaints.count == 1 && ending.stderr.contains("postgresql-1"))
            }
        }
    }
}
