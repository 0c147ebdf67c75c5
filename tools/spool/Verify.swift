import ArgumentParser
import Spool

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read everything and check it: each record and blob, and each view against a fresh fold of the log; or a backup.",
        discussion: """
            Changes nothing. Exit code 3 when something is wrong, with what and where. An incremental backup is checked with the earlier ones
            that it needs.

            Examples:
              spool verify
              spool verify backups/tuesday
              spool verify tuesday --base old/monday
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "A backup's folder; the store when there is none.")
    var backup: String?

    @OptionGroup var bases: BaseOptions

    func validate() throws {
        if backup == nil, !bases.base.isEmpty { throw ValidationError("--base goes with a backup.") }
    }

    func run() throws {
        if let backup { try verifyBackup(at: backup) } else { try verifyStore() }
    }

    private func verifyBackup(at path: String) throws {
        let bar = ProgressBar("verify")
        defer { bar.finish() }
        let chain = try BackupChain(Backup(at: path), bases: bases.base)
        let result = try chain.verify { bar.update($0, of: $1) }
        bar.finish()
        for backup in chain.backups {
            let info = backup.info
            say(
                "\(backup.path): \(info.isFull ? "full" : "incremental"), made \(info.madeAt), \(counted(info.records, "event")) "
                    + "to position \(grouped(info.through.position)), \(counted(info.blobs, "blob"))")
        }
        say("\(counted(result.records, "record")) whole of \(grouped(result.head)), in \((bar.seconds * 100).rounded() / 100) s")
        for problem in result.problems { Failure.complain("\(problem)") }
        let further = result.problemCount - result.problems.count
        if further > 0 { Failure.complain("\(further) further problems") }
        guard result.isWhole else {
            Failure.complain("The backup is damaged. It will not be restored; take another one.")
            throw ExitCode(Failure.storeTrouble)
        }
        say("All is well.")
    }

    private func verifyStore() throws {
        let bar = ProgressBar("verify")
        defer { bar.finish() }
        let result = try Store.verify(at: options.path) { bar.update(Int($1), of: Int($2), $0) }
        bar.finish()
        try report(result.log)
        for part in result.damaged { Failure.complain("\(part.name): the file is damaged: \(part.problem)") }
        if !result.damaged.contains(where: { $0.name == "index" }) {
            say(
                "\("index".padded(to: 15))\(result.indexDifferences == 0 ? "equal to a fresh one" : "differs in \(counted(result.indexDifferences, "entry"))")"
            )
        }
        for report in result.projections {
            let isEqual = report.differences.isEmpty && report.conflictCount == 0
            say("\(report.projection.padded(to: 15))\(isEqual ? "equal to a fresh fold of the log" : "differs")")
            for difference in report.differences {
                Failure.complain(
                    "\(difference.table): \(difference.added) rows too many, \(difference.removed) missing, \(difference.changed) changed, "
                        + "\(difference.indexEntries) index entries wrong")
            }
            for conflict in report.firstConflicts { Failure.complain("\(report.projection): not applied: \(conflict)") }
        }
        let blobs = result.blobs
        let state = blobs.problemCount == 0 ? "all whole" : "damaged or missing: \(blobs.problemCount)"
        say("\("blobs".padded(to: 15))\(grouped(blobs.count)), \(state)")
        for problem in blobs.problems { Failure.complain("blobs: \(problem)") }
        if !result.areViewsWhole { Failure.complain("`spool rebuild` makes views and index anew.") }
        if !result.isWhole { throw ExitCode(Failure.storeTrouble) }
        say("All is well.")
    }

    private func report(_ log: LogVerification) throws {
        say("\("log".padded(to: 15))\(counted(log.records, "record")) whole of \(grouped(log.head)), \(sized(Int(log.bytes)))")
        for problem in log.problems { Failure.complain("log: \(problem)") }
        if log.problemCount > log.problems.count { Failure.complain("log: \(log.problemCount - log.problems.count) further problems") }
        guard log.problemCount > 0 else { return }
        if !log.unreadable.isEmpty {
            let saved = log.unreadable.count - log.lost.count
            Failure.complain("unreadable: \(counted(log.unreadable.count, "position")): \(log.unreadable)")
            Failure.complain(
                log.lost.isEmpty ? "lost: none" : "lost: \(counted(log.lost.count, "position")): \(log.lost)")
            if saved > 0 { Failure.complain("`spool repair` finds \(counted(saved, "event")) of those elsewhere in the file.") }
        }
        Failure.complain(
            "The views were not compared, since the log is damaged. `spool repair --to FOLDER` makes a new store with all that is whole.")
        throw ExitCode(Failure.storeTrouble)
    }
}

extension String {
    func padded(to width: Int) -> String { count >= width ? self + " " : self + String(repeating: " ", count: width - count) }
}
