import Foundation
import TestSupport
import Testing

/// What is acknowledged survives a loss of power at any moment.
///
/// A process that makes a store and appends to it is recorded: every write, truncation, rename and sync, in order. From the record come the
/// files as they may be after a loss at each point, and each of these states is opened and checked. Assumed of the disk: a sector of 512 bytes
/// is written whole or not at all (LMDB's meta page, the only thing overwritten in place, lies within one), and what it calls synced is.
struct PowerLossTests {
    let folder = TemporaryFolder()

    /// Records a run and returns its trace and the inode of the recorded folder.
    private func record(commits: Int, seed: UInt64) throws -> (trace: String, root: UInt64) {
        let library = try Preload("recorder", in: folder).library
        let root = folder["root"]
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let trace = folder["trace"]
        let acknowledgments = folder["acknowledgments"]
        let environment = [
            "LD_PRELOAD": library, "RECORD_TO": trace, "RECORD_ROOT": root, "RECORD_ACKNOWLEDGMENTS": acknowledgments,
        ]
        let run = try Command(Command.worker.path, environment: environment)
            .run(["write", "\(root)/spool", acknowledgments, "w", "\(seed)", "\(commits)"])
        try #require(run.code == 0, "seed \(seed): \(run.errors)")
        let attributes = try FileManager.default.attributesOfItem(atPath: root)
        return (trace, try #require((attributes[.systemFileNumber] as? NSNumber)?.uint64Value))
    }

    private func lose(_ kind: String, _ record: (trace: String, root: UInt64), states: Int, seed: UInt64) throws -> Command.Result {
        try Command.worker.run(["lose-power", record.trace, "\(record.root)", folder.path, "\(seed)", "\(states)", kind])
    }

    private func current() -> String { (try? String(contentsOfFile: folder["current"], encoding: .utf8)) ?? "" }

    @Test(arguments: ["log", "store"]) func acknowledgedIsThere(kind: String) throws {
        let end = Date.now.addingTimeInterval(Torture.seconds(short: 5, share: 0.15))
        var chance = Torture.generator(kind == "log" ? 1 : 2)
        var states = 0
        var runs = 0
        repeat {
            let seed = chance.next()
            let record = try record(commits: kind == "log" ? 60 : 12, seed: seed)
            let count = kind == "log" ? (Torture.isLong ? 4000 : 1200) : (Torture.isLong ? 400 : 40)
            let result = try lose(kind, record, states: count, seed: seed)
            try #require(
                result.code == 0 && result.output.hasSuffix("problems 0\n"),
                "seed \(Torture.seed), run \(seed): \(result.output)\(result.errors)ended with \(result.code) at \(current())")
            TemporaryFolder.remove(folder["root"])
            TemporaryFolder.remove(folder["trace"])
            states += count
            runs += 1
        } while Torture.isLong && Date.now < end
        Torture.report("power loss, \(kind)", "\(states) states of \(runs) recorded runs")
    }

    /// The check is no formality: were syncs not waited for, or views trusted after a crash of the system, it would say so.
    @Test(arguments: ["no-syncs", "no-marks"]) func theCheckSees(kind: String) throws {
        // Enough commits that the views are larger than the pages which are checked whenever they are opened; still not every run
        // leaves such a state.
        var chance = SplitMix64(seed: Torture.isLong ? Torture.seed : 1)
        for _ in 0..<10 {
            let seed = chance.next()
            let result = try lose(kind, record(commits: 50, seed: seed), states: 60, seed: seed)
            if result.code != 0 || !result.output.hasSuffix("problems 0\n") { return }
            TemporaryFolder.remove(folder["root"])
            TemporaryFolder.remove(folder["trace"])
        }
        Issue.record("seed \(Torture.seed): ten runs of 60 states without a problem")
    }
}
