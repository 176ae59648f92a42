// swift-tools-version: 6.3
import PackageDescription

/// The settings of every Swift target: all upcoming features of 6.3, memory safety checked, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioTestUtils = Target.Dependency.product(name: "NIOTestUtils", package: "swift-nio")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")

/// For programs in this package that import Relay: with Relay alone, a change of what its types are made of further down
/// leaves them built for the old layout.
let engine: [Target.Dependency] = ["Relay", "RelayCore", "RelayEngine", "RelayStore"]

let package = Package(
    name: "relay",
    products: [
        .executable(name: "relay", targets: ["RelayCLI"]),
        .library(name: "Relay", targets: ["Relay"]),
        .library(name: "RelayClient", targets: ["RelayClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: ["JSON", "YAML"]
        ),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: []
        ),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // L0: C libraries, one door each.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CProtobufC",
            pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]
        ),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CRelayProto", dependencies: ["CProtobufC"]),

        // L1: vocabulary, and the Swift side of each door.
        .target(name: "RelayCore"),
        .target(name: "RelayMessages", dependencies: ["CRelayProto", "CProtobufC", nioCore]),
        .target(name: "RelayZlib", dependencies: ["CZlib", nioCore]),
        .target(name: "RelayPostgres", dependencies: ["CLibpq", deque, logging, nioLocks]),

        // L2: frames and connection machines, no I/O.
        .target(
            name: "RelayWire",
            dependencies: ["RelayCore", "RelayMessages", "RelayZlib", deque, nioCore]
        ),

        // L3: the engine, and its ports on Postgres.
        .target(name: "RelayEngine", dependencies: ["RelayCore", deque, heap, logging, nioLocks]),
        .target(
            name: "RelayStore",
            dependencies: ["RelayCore", "RelayPostgres", "RelayZlib", logging, nioCore, nioLocks]
        ),

        // L4: faces.
        .target(
            name: "RelayGateway",
            dependencies: [
                "RelayCore", "RelayEngine", "RelayMessages", "RelayWire",
                crypto, deque, lifecycle, logging, nioCore, nioLocks, nioPosix, nioSSL,
            ]
        ),
        .target(
            name: "RelayClient",
            dependencies: [
                "RelayCore", "RelayMessages", "RelayWire",
                deque, logging, nioCore, nioLocks, nioPosix, nioSSL,
            ]
        ),
        .target(
            name: "RelayWeb",
            dependencies: ["RelayCore", hummingbird, lifecycle, logging, nioCore]
        ),

        // L5: the umbrella library for Swift services, and the command line.
        .target(
            name: "Relay",
            dependencies: ["RelayCore", "RelayEngine", "RelayStore", lifecycle, logging, nioLocks]
        ),
        .executableTarget(
            name: "RelayCLI",
            dependencies: [
                "Relay", "RelayClient", "RelayCore", "RelayEngine", "RelayGateway", "RelayPostgres",
                "RelayStore", "RelayWeb",
                arguments, configuration, histogram, lifecycle, logging, nioCore, nioLocks,
                nioPosix, signals,
                subprocess, systemPackage,
            ]
        ),

        // Examples: built with everything else, so that they stay true.
        .executableTarget(
            name: "InProcessExample",
            dependencies: engine + [logging],
            path: "examples/in-process"
        ),
        .executableTarget(
            name: "FanOutHandler",
            dependencies: engine + [lifecycle, logging, signals],
            path: "examples/fan-out/handler"
        ),
        // What `make bench` measures in process.
        .executableTarget(
            name: "InProcessBench",
            dependencies: engine + [logging],
            path: "bench/in-process"
        ),

        // What reads strangers' bytes, as `make fuzz` and a test feed it.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "RelayCore", "RelayMessages", "RelayStore", "RelayWire", "RelayZlib", nioCore,
            ],
            path: "fuzz/targets"
        ),

        // Tests: each mirrors its target.
        .target(
            name: "PostgresTestSupport",
            dependencies: ["CLibpq", "RelayPostgres", logging, nioLocks],
            path: "Tests/PostgresTestSupport"
        ),
        .target(
            name: "RelayTestSupport",
            dependencies: ["RelayCore", "RelayEngine", heap, nioLocks],
            path: "Tests/RelayTestSupport"
        ),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"]),
        .testTarget(name: "RelayCoreTests", dependencies: ["RelayCore"]),
        .testTarget(
            name: "RelayEngineTests",
            dependencies: ["RelayCore", "RelayEngine", "RelayTestSupport", logging, nioLocks]
        ),
        .testTarget(
            name: "RelayCLITests",
            dependencies: [
                "RelayCLI", "RelayClient", "RelayCore", "RelayGateway",
                arguments, logging, nioCore, subprocess,
            ]
        ),
        .testTarget(
            name: "RelayWebTests",
            dependencies: ["RelayWeb", lifecycle, logging, nioCore, nioPosix]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "PostgresTestSupport", "RelayCLI", "RelayClient",
                nioCore, nioLocks, subprocess, systemPackage,
            ]
        ),
        .testTarget(
            name: "RelayClientTests",
            dependencies: [
                "RelayClient", "RelayMessages", "RelayWire", nioCore, nioLocks, nioPosix,
            ]
        ),
        .testTarget(name: "RelayMessagesTests", dependencies: ["RelayMessages", nioCore]),
        .testTarget(
            name: "RelayStoreTests",
            dependencies: [
                "PostgresTestSupport", "RelayCore", "RelayPostgres", "RelayStore", "RelayEngine",
                logging,
            ]
        ),
        .testTarget(
            name: "RelayPostgresTests",
            dependencies: ["CLibpq", "PostgresTestSupport", "RelayPostgres", logging, nioLocks]
        ),
        .testTarget(name: "RelayZlibTests", dependencies: ["RelayZlib", nioCore]),
        .testTarget(
            name: "RelayWireTests",
            dependencies: ["RelayCore", "RelayMessages", "RelayWire", "RelayZlib", nioCore]
        ),
        .testTarget(
            name: "RelayGatewayTests",
            dependencies: [
                "RelayCore", "RelayEngine", "RelayGateway", "RelayMessages", "RelayWire",
                "RelayZlib",
                lifecycle, logging, nioCore, nioLocks, nioPosix, nioSSL,
            ]
        ),
    ]
)

// The program of libFuzzer, whose `main` it is: built by scripts/fuzz only, in a folder of its own.
if Context.environment["RELAY_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "RelayFuzz",
            dependencies: ["FuzzTargets"],
            path: "fuzz/driver",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
        )
    )
}

for target in package.targets where ![.system, .plugin, .binary].contains(target.type) {
    if target.name == "CRelayProto" { continue }
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
