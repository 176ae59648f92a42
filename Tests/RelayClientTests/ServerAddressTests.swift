import RelayClient
import Testing

@Suite struct ServerAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:7433", ServerAddress.tcp(host: "127.0.0.1", port: 7433)),
            ("gateway", .tcp(host: "gateway", port: 7433)),
            ("[::1]:99", .tcp(host: "::1", port: 99)),
            ("[::1]", .tcp(host: "::1", port: 7433)),
            ("unix:/run/relay.sock", .unix(path: "/run/relay.sock")),
        ]
    )
    func textNamesAnAddress(text: String, address: ServerAddress) {
        #expect(ServerAddress(text) == address)
        #expect(ServerAddress(address.description) == address)
    }

    @Test(arguments: [
        "", ":1", "host:", "host:0", "host:65536", "::1:80", "unix:", "[::1", "[::1]x",
    ])
    func textThatNamesNoneIsRefused(text: String) {
        #expect(ServerAddress(text) == nil)
    }
}
