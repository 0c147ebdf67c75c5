import Glibc

/// A process that holds the write lock of an environment, or reads a snapshot of it.
public struct LockParty: Sendable, Hashable, CustomStringConvertible {
    public let process: Int32
    /// The program and its verb, such as `spool ingest`; empty when the system does not tell.
    public let command: String
    /// How long it has done so; nil when it did not say.
    public let seconds: Double?

    init(process: Int32, nanoseconds: Int64?) {
        self.process = process
        command = Self.command(of: process)
        seconds = nanoseconds.map { Double(max(0, $0)) / 1e9 }
    }

    /// `pid 1234 (spool ingest), for 12 s`
    public var description: String {
        "pid \(process)" + (command.isEmpty ? "" : " (\(command))") + (seconds.map { ", for \(Self.text($0))" } ?? "")
    }

    private static func text(_ seconds: Double) -> String {
        seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : seconds < 600 ? "\(Int(seconds)) s" : "\(Int(seconds / 60)) min"
    }

    /// The program's name, and its first argument when that is a word: not what the rest of a command line may tell.
    private static func command(of process: Int32) -> String {
        let descriptor = open("/proc/\(process)/cmdline", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return "" }
        let words = bytes[..<count].split(separator: 0).prefix(2).map { String(decoding: $0, as: UTF8.self) }
        let isWord = words.count > 1 && words[1].utf8.allSatisfy { (0x61...0x7A).contains($0) }
        return (words[0].split(separator: "/").last ?? "") + (isWord ? " " + words[1] : "")
    }
}
