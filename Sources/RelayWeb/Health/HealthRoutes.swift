internal import FoundationEssentials
internal import Hummingbird
internal import NIOCore

/// The routes that say how the node is.
///
/// `/healthz`: the process lives. `/readyz`: calls can be served, else 503 and why.
struct HealthRoutes: Sendable {
    let node: String
    let report: @Sendable () async -> HealthReport

    func add(to router: Router<BasicRequestContext>) {
        router.get("/healthz") { _, _ in
            try Self.response(.ok, .alive(node: node))
        }
        router.get("/readyz") { _, _ in
            let report = await report()
            return try Self.response(
                report.isReady ? .ok : .serviceUnavailable,
                .readiness(report)
            )
        }
    }

    private static func response(
        _ status: HTTPResponse.Status,
        _ body: HealthBody
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = Array(try encoder.encode(body)) + [UInt8(ascii: "\n")]
        return Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
