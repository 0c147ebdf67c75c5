// swift-tools-version: 6.2
import PackageDescription

/// Spans over LMDB pages carry their transaction's lifetime in their type.
let settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A domain: one folder under `Projections/`, which sees the engine and nothing else.
func domain(_ name: String) -> Target {
    .target(name: name, dependencies: ["Projection", "EventLog", "JSON"], path: "Projections/\(name)", swiftSettings: settings)
}

func tests(of target: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(target)Tests",
        dependencies: [.byName(name: target), "TestSupport"] + dependencies,
        swiftSettings: settings
    )
}

let domains = ["Trends", "Metrics", "ImageLibrary"]

let domainDependencies: [Target.Dependency] = domains.map { .byName(name: $0) }

let package = Package(
    name: "spool",
    products: [
        .library(name: "Projection", targets: ["Projection"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .target(name: "CCRC32C"),
        .target(name: "JSON", swiftSettings: settings),
        .target(name: "LMDB", dependencies: ["CLMDB", "CXXHash"], swiftSettings: settings),
        .target(name: "EventLog", dependencies: ["LMDB", "JSON", "CCRC32C"], swiftSettings: settings),
        .target(name: "Projection", dependencies: ["EventLog", "LMDB", "JSON"], swiftSettings: settings),
        .target(
            name: "TestSupport", path: "Tests/Support", exclude: ["Seeds", "Golden"], swiftSettings: settings),
        tests(of: "JSON"),
        tests(of: "LMDB"),
        tests(of: "EventLog", ["LMDB", "JSON"]),
        tests(of: "Projection", ["EventLog", "LMDB", "JSON"]),
        .testTarget(
            name: "DomainTests", dependencies: ["Projection", "EventLog", "JSON", "TestSupport"] + domainDependencies,
            swiftSettings: settings),
    ] + domains.map(domain),
    swiftLanguageModes: [.v6]
)
