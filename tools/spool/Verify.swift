import ArgumentParser
import Spool

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read everything and check it: each record, and each view against a fresh fold of the log.",
        discussion: """
            Changes nothing. Exit code 3 when something is wrong, with what and where.

            Examples:
              spool verify
            """)

    @OptionGroup var options: StoreOptions

    func run() throws {
        let store = try options.open()
        let bar = ProgressBar("verify")
        defer { bar.finish() }
        let result = try store.verify { bar.update(Int($1), of: Int($2), $0) }
        bar.finish()
        let log = result.log
        say("\("log".padded(to: 15))\(counted(log.records, "record")) whole of \(grouped(log.head)), \(sized(Int(log.bytes)))")
        for problem in log.problems { Failure.complain("log: \(problem)") }
        if log.problemCount > log.problems.count { Failure.complain("log: \(log.problemCount - log.problems.count) further problems") }
        guard result.comparedViews else {
            Failure.complain("The views were not compared, since the log is damaged.")
            throw ExitCode(Failure.storeTrouble)
        }
        say(
            "\("index".padded(to: 15))\(result.indexDifferences == 0 ? "equal to a fresh one" : "differs in \(counted(result.indexDifferences, "entry"))")"
        )
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
        if !result.isWhole {
            Failure.complain("`spool rebuild` makes views and index anew.")
            throw ExitCode(Failure.storeTrouble)
        }
        say("All is well.")
    }
}

extension String {
    func padded(to width: Int) -> String { count >= width ? self + " " : self + String(repeating: " ", count: width - count) }
}
