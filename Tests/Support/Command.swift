import Foundation

/// Runs a program as a process of its own, as a user would.
public struct Command: Sendable {
    public struct Result: Sendable {
        public let code: Int32
        public let output: String
        public let errors: String
    }

    public let path: String
    public var environment: [String: String] = [:]

    public init(_ path: String, environment: [String: String] = [:]) {
        self.path = path
        self.environment = environment
    }

    /// The `spool` built beside these tests, on a store.
    public static func spool(store: String) -> Command { Command(built("spool").path, environment: ["SPOOL_STORE": store]) }

    /// A program built beside these tests.
    public static func built(_ name: String) -> Command {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let own = CommandLine.arguments.lazy.compactMap { argument -> String? in
            argument.hasSuffix(".xctest") ? URL(fileURLWithPath: argument).deletingLastPathComponent().path : nil
        }.first
        return Command("\(own ?? folder.path)/\(name)")
    }

    public static var python: Command { Command("/usr/bin/env") }

    /// Starts it; the caller waits or ends it.
    public func start(_ arguments: [String], input: String? = nil, output: FileHandle? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) } ?? FileHandle.nullDevice
        if let output { process.standardOutput = output }
        try process.run()
        return process
    }

    /// Runs it to its end. Output goes through files, so that no pipe fills up.
    ///
    /// - Parameter input: a file for standard input.
    public func run(_ arguments: [String], input: String? = nil) throws -> Result {
        let folder = TemporaryFolder()
        let outPath = folder["out"]
        let errPath = folder["err"]
        for path in [outPath, errPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) } ?? FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outPath))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errPath))
        try process.run()
        process.waitUntilExit()
        return Result(
            code: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: try String(contentsOfFile: outPath, encoding: .utf8), errors: try String(contentsOfFile: errPath, encoding: .utf8))
    }
}
