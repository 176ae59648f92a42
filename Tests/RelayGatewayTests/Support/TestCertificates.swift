import FoundationEssentials

/// Certificates that are good for tests only: their keys stand here for everybody to read.
enum TestCertificates {
    /// Writes them to a folder that is gone after the test.
    static func withFiles(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("relay-\(UInt32.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            let files = [
                "ca.pem": authority, "server.pem": server, "server.key": serverKey,
            ]
            for (name, text) in files {
                try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            }
            try await body(folder)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        try FileManager.default.removeItem(at: folder)
    }

    /// Vouches for the server's and the client's.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBaDCCAQ6gAwIBAgIUB1Pqlk+gpjV48NibQsnnw3M4u8cwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        MDAxMDEwMDAwMDBaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAES4gQJd2MJ5UGXqnVHr97rXrktp6lX2ZzKZeWiFyR
        2UFwK2xJE5ewU0Z9VG7aE1Bd/RiyKlptbs/O5mGXiEz9sqMyMDAwDwYDVR0TAQH/
        BAUwAwEB/zAdBgNVHQ4EFgQUl72vFNxt+O8L02sCJR5dDWmgsVcwCgYIKoZIzj0E
        AwIDSAAwRQIgYYjsuS1u4X3AGPTcOtdRlLMpe0d3htwcot/C1kFtqIwCIQDgkwbd
        CjmToVXVW3h/jXy+jJ09wVbPo7/Qb4M6lK56lw==
        -----END CERTIFICATE-----
        """

    /// For server.test.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBozCCAUmgAwIBAgIUVCU79HGpIxEM8FcHthkS6HUiffowCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        MDAxMDEwMDAwMDBaMBYxFDASBgNVBAMMC3NlcnZlci50ZXN0MFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAE6zNFzGQYDmo1OiyctX1rFX3Z/vG35p08vORFTyT2qQnU
        ZsjghUkCXImq0IUp5uYBp5WdXjG7Lk21p9M5iwYqa6NwMG4wIQYDVR0RBBowGIIL
        c2VydmVyLnRlc3SCCWxvY2FsaG9zdDAJBgNVHRMEAjAAMB0GA1UdDgQWBBQRPka8
        b7Fwww/mP/EGufKlmkhB7zAfBgNVHSMEGDAWgBSXva8U3G347wvTawIlHl0NaaCx
        VzAKBggqhkjOPQQDAgNIADBFAiA5dXLOPtBPkbX+6BcOuzeBsGox6HQsLsJru6Wm
        WNsN/wIhAOVSJ1KjYU/50jGQML44tbdCY9Rf8R8ZdQk+8t+9Q92W
        -----END CERTIFICATE-----
        """

    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLoY3rVkmGw2pa7bm
        3GXb7HNl6lySF5AosqdDZVlgl/yhRANCAATrM0XMZBgOajU6LJy1fWsVfdn+8bfm
        nTy85EVPJPapCdRmyOCFSQJciarQhSnm5gGnlZ1eMbsuTbWn0zmLBipr
        -----END PRIVATE KEY-----
        """

    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBozCCAUmgAwIBAgIUaErWus8+X2e1zAqAxVuf7CiKYXUwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        MDAxMDEwMDAwMDBaMBYxFDASBgNVBAMMC2NsaWVudC50ZXN0MFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAEJ/NazR9/LDPiCq44MeEB29UG0nC2AQdGrrGAQzBgHkx8
        hfGwvI2Wv+wHgrMo3y9ZurvP9F/CyKOWaP3ewJ2utqNwMG4wIQYDVR0RBBowGIIL
        Y2xpZW50LnRlc3SCCWxvY2FsaG9zdDAJBgNVHRMEAjAAMB0GA1UdDgQWBBRMU9qk
        1BoFc7DP245FJUhhRg/nMjAfBgNVHSMEGDAWgBSXva8U3G347wvTawIlHl0NaaCx
        VzAKBggqhkjOPQQDAgNIADBFAiEA5/x55NUB8JVv9X1cOYEyW2tcRnnBgk1ATJtH
        J1pUZa0CIGHi6k4/UtyySPPsPPqfagPJvctTokD+T2Ll5oChE7QC
        -----END CERTIFICATE-----
        """

    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBcGEMyoDtURLZAod
        3ysM9ch2Erja7P1MOJp4e9uRmeyhRANCAAQn81rNH38sM+IKrjgx4QHb1QbScLYB
        B0ausYBDMGAeTHyF8bC8jZa/7AeCsyjfL1m6u8/0X8LIo5Zo/d7Ana62
        -----END PRIVATE KEY-----
        """
}
