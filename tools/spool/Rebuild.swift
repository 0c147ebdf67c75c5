import ArgumentParser
import Projection
import Spool

struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build views anew from the log, beside the live ones, and swap them in.",
        discussion: """
            Appends and queries go on meanwhile. `index` is the index of the log itself.

            Examples:
              spool rebuild
              spool rebuild metrics
              spool rebuild --check
            With --check: exit code 3 when a view differs from a fresh fold of the log.
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("Which ones; all when none is given.", valueName: "projection"))
    var projections: [String] = []

    @Flag(name: .long, help: "Only compare; change nothing.")
    var check = false

    func run() throws {
        let store = try options.open()
        let names = projections.isEmpty ? ["index"] + store.engine.projections.map(\.name) : projections
        for name in names where name != "index" {
            do {
                _ = try store.engine.projection(name)
            } catch {
                throw WrongUse("\(error) And index.")
            }
        }
        var rows: [[SQLValue]] = []
        var differs = false
        for name in names {
            let bar = ProgressBar(name)
            defer { bar.finish() }
            let (differences, conflicts) = try rebuild(name, store, bar)
            bar.finish()
            differs = differs || differences > 0
            rows.append([
                .text(name), .text(check ? "checked" : "rebuilt"), .integer(Int64(differences)), .integer(Int64(conflicts)),
                .real((bar.seconds * 1000).rounded() / 1000),
            ])
        }
        var printer = output.printer(["projection", "done", "differences", "conflicts", "seconds"])
        printer.print(rows)
        if check && differs { throw ExitCode(Failure.storeTrouble) }
    }

    private func rebuild(_ name: String, _ store: Store, _ bar: ProgressBar) throws -> (differences: Int, conflicts: Int) {
        if name == "index" {
            let head = Int(try store.log.head())
            if check { return (try store.log.index.check { bar.update(Int($0), of: head) }, 0) }
            try store.log.index.rebuild { bar.update(Int($0), of: head) }
            return (0, 0)
        }
        let report = try store.engine.rebuild(name, checkOnly: check) { bar.update(Int($0), of: Int($1)) }
        for difference in report.differences {
            Failure.complain(
                "\(difference.table): \(difference.added) rows too many, \(difference.removed) missing, \(difference.changed) changed, "
                    + "\(difference.indexEntries) index entries wrong\(check ? "" : "; mended")")
        }
        for conflict in report.firstConflicts { Failure.complain("\(name): not applied: \(conflict)") }
        let differences = report.differences.reduce(0) { $0 + $1.added + $1.removed + $1.changed + $1.indexEntries }
        return (differences, report.conflictCount)
    }
}
