import Testing

@testable import RelayCLI

@Suite struct ClusterLocationTests {
    @Test func theSocketStandsInTheClusterUnlessItsPathIsTooLong() {
        let short = ClusterLocation.here("/work/app/.relay")
        #expect(short.socketFolder == "/work/app/.relay/postgres")
        let long = ClusterLocation.here("/" + String(repeating: "x", count: 100))
        #expect(long.socketFolder.hasPrefix("/tmp/relay-"))
        #expect(long.socketFolder == ClusterLocation.here(long.base).socketFolder)
    }

    @Test func theURLEscapesWhatIsNoPlainCharacter() {
        let url = ClusterLocation.here("/a b&c/.relay").url
        #expect(url.contains("host=/a%20b%26c/.relay/postgres&"))
    }

    @Test func elsewhereIsTheSameForTheSameFolder() {
        #expect(ClusterLocation.elsewhere("/x/.relay") == ClusterLocation.elsewhere("/x/.relay"))
        #expect(ClusterLocation.elsewhere("/x/.relay") != ClusterLocation.elsewhere("/y/.relay"))
    }

    @Test(
        arguments: [
            ("postgres (PostgreSQL) 15.20 (Debian 15.20-0)", 15),
            ("postgres (PostgreSQL) 17beta1", 17),
            ("16\n", 16),
        ]
    )
    func theMajorVersionIsRead(text: String, version: Int) {
        #expect(PostgresBinaries.major(text) == version)
    }
}
