// swift-tools-version: 6.2
import PackageDescription

/// Spans over LMDB pages carry their transaction's lifetime in their type.
let settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Generic types are made from what the compiler knows of them. By their names, as to save space, each first use goes through all of the
    // program's conformances, which took half of the time of `spool append`.
    .unsafeFlags(["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"], .when(configuration: .release)),
    // Debug builds, and so the tests, look at run time for overlapping accesses to a variable; here that took 7 % of an append's time.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// A domain: one folder under `Projections/`, which sees the engine and nothing else.
func domain(_ name: String) -> Target {
    .target(name: name, dependencies: ["Projection", "EventLog", "JSON"], path: "Projections/\(name)", swiftSettings: settings)
}

/// Libraries become part of the program: to find and bind them at each start takes longer than an append.
func archive(_ name: String) -> LinkerSetting { .linkedLibrary(":lib\(name).a") }

func tests(of target: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(target)Tests",
        dependencies: [.byName(name: target), "TestSupport"] + dependencies,
        swiftSettings: settings
    )
}

let domains = ["Trends", "Metrics", "ImageLibrary", "Stories", "Workflows", "Jobs", "Shows"]

let domainDependencies: [Target.Dependency] = domains.map { .byName(name: $0) }

let package = Package(
    name: "spool",
    products: [
        .library(name: "Spool", targets: ["Spool", "Projection", "EventLog", "JSON"] + domains),
        .executable(name: "spool", targets: ["SpoolCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CCRC32C"),
        .target(name: "CLinux"),
        .target(name: "JSON", swiftSettings: settings),
        .target(
            name: "LMDB", dependencies: ["CLMDB", "CLinux", "CXXHash"], swiftSettings: settings,
            linkerSettings: [archive("lmdb"), archive("xxhash")]),
        .target(name: "EventLog", dependencies: ["LMDB", "JSON", "CCRC32C", "CLinux"], swiftSettings: settings),
        .target(name: "Projection", dependencies: ["EventLog", "LMDB", "JSON"], swiftSettings: settings),
        .target(
            name: "SQLViews", dependencies: ["Projection", "EventLog", "LMDB", "JSON", "CSQLite"], swiftSettings: settings,
            linkerSettings: [archive("sqlite3"), .linkedLibrary("m")]),
        .target(
            name: "Spool", dependencies: ["SQLViews", "Projection", "EventLog", "LMDB", "JSON", "CCrypto"] + domainDependencies,
            swiftSettings: settings, linkerSettings: [archive("crypto")]),
        .target(
            name: "Importing",
            dependencies: ["Spool", "Projection", "EventLog", "JSON", "LMDB", "CSQLite", "CPostgres"] + domainDependencies,
            swiftSettings: settings),
        .executableTarget(
            name: "SpoolCommand",
            dependencies: [
                "Spool", "Importing", "Stories", "Workflows", "Shows", "SQLViews", "Projection", "EventLog", "JSON", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "tools/spool", swiftSettings: settings,
            linkerSettings: [
                // Nothing to be found, bound or moved at the start, which would take as long as an append; libpq, which `import` alone needs,
                // is loaded when it is asked for. The linker warns that name services and plug-ins, which nothing here uses but libpq, need the C
                // library's own version: `PostgresLibrary` looks at that.
                .unsafeFlags(
                    [
                        "-static-executable", "-use-ld=bfd", "-Xlinker", "--no-warnings", "-l_FoundationCollections", "-l_FoundationCShims",
                    ],
                    .when(configuration: .release))
            ]),
        // What tools/bench measures in process, with Swift's runtime in it as the command has; no product, nobody installs it.
        .executableTarget(
            name: "spool-bench", dependencies: ["Spool", "Projection", "EventLog", "JSON", "Trends", "Metrics", "ImageLibrary"],
            path: "tools/benchmark/swift", swiftSettings: settings,
            linkerSettings: [
                .unsafeFlags(["-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims"], .when(configuration: .release))
            ]),
        .target(
            name: "TestSupport", dependencies: ["Projection", "CSQLite"], path: "Tests/Support", exclude: ["Seeds", "Golden"],
            swiftSettings: settings, linkerSettings: [archive("sqlite3")]),
        .target(
            name: "FuzzTargets", dependencies: ["Spool", "Importing", "SQLViews", "Projection", "EventLog", "JSON", "TestSupport"],
            path: "Tests/FuzzTargets", swiftSettings: settings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: settings),
        .executableTarget(
            name: "TrustWorker", dependencies: ["Spool", "EventLog", "LMDB", "TestSupport"], path: "Tests/TrustWorker",
            swiftSettings: settings),
        .testTarget(
            name: "TrustTests", dependencies: ["TrustWorker", "SpoolCommand", "Spool", "EventLog", "LMDB", "TestSupport"],
            exclude: ["Recorder"], swiftSettings: settings),
        .executableTarget(
            name: "DamageProbe", dependencies: ["EventLog", "LMDB", "TestSupport"], path: "Tests/DamageProbe", swiftSettings: settings),
        tests(of: "JSON"),
        tests(of: "SQLViews", ["Projection", "EventLog", "LMDB", "JSON"]),
        tests(of: "LMDB"),
        tests(of: "Spool", ["SpoolCommand", "EventLog", "Projection", "JSON"] + domainDependencies),
        tests(of: "EventLog", ["LMDB", "JSON"]),
        tests(of: "Importing", ["Spool", "Projection", "EventLog", "JSON", "SpoolCommand"]),
        tests(of: "Projection", ["EventLog", "LMDB", "JSON"]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["SpoolCommand", "DamageProbe", "Spool", "EventLog", "Projection", "JSON", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "DomainTests",
            dependencies: ["Spool", "Projection", "EventLog", "JSON", "LMDB", "TestSupport"] + domainDependencies,
            swiftSettings: settings),
    ] + domains.map(domain),
    swiftLanguageModes: [.v6]
)

// Only for tools/fuzz: it needs libFuzzer's runtime.
if Context.environment["SPOOL_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "spool-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz", exclude: ["event.dict", "map.dict", "query.dict"],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}
