import Foundation

/// How long and with which seed the tests of trust run.
///
/// `tools/test` gives neither: a short run. `tools/torture` sets `SPOOL_TORTURE_MINUTES` and `SPOOL_TORTURE_SEED`, and a file for the figures.
public enum Torture {
    public static let minutes = ProcessInfo.processInfo.environment["SPOOL_TORTURE_MINUTES"].flatMap { Double($0) }
    /// Another one each time, unless it is given.
    public static let seed = ProcessInfo.processInfo.environment["SPOOL_TORTURE_SEED"].flatMap { UInt64($0) } ?? .random(in: 0..<1 << 32)

    public static var isLong: Bool { minutes != nil }

    /// The seconds of a test that takes so many in a short run, and such a share of a long one.
    public static func seconds(short: Double, share: Double) -> Double { minutes.map { $0 * 60 * share } ?? short }

    /// Notes what a test covered: a line for the table.
    public static func report(_ test: String, _ figures: String) {
        let line = "trust | \(test) | \(figures) | seed \(seed)\n"
        print(line, terminator: "")
        guard let path = ProcessInfo.processInfo.environment["SPOOL_TORTURE_REPORT"] else { return }
        if let file = FileHandle(forWritingAtPath: path) {
            file.seekToEndOfFile()
            file.write(Data(line.utf8))
            try? file.close()
        }
    }

    public static func generator(_ stream: UInt64) -> SplitMix64 { SplitMix64(seed: seed &+ stream &* 0x1_0000_0001) }
}
