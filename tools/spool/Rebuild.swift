import ArgumentParser
import Projection
import Spool

struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Build views anew from the log, beside the live ones, and swap them in.",
        discussion: """
            Appends and queries go on meanwhile, and see the old views or the new ones, whole. `index` is the index of the log itself.

            Examples:
              spool rebuild
              spool rebuild metrics --diff
              spool rebuild --check --diff --format ndjson
              spool rebuild --rollback metrics
              spool rebuild --prune

            With --check: exit code 3 when a view differs from a fresh fold of the log.
            With --diff: the rows that the new build adds, removes or changes, a line for each column; a summary on standard error.
            What was live is kept until the next rebuild: --rollback puts it back, --rollback again undoes that.
            --prune gives back the disk that former views, views of versions this spool does not have, what --as-of keeps and half-built
            leftovers take.
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("Which ones; all when none is given.", valueName: "projection"))
    var projections: [String] = []

    @Flag(name: .long, help: "Only compare; change nothing.")
    var check = false

    @Flag(name: .long, help: "Print the rows that differ.")
    var diff = false

    @Option(name: .long, help: "With --diff: at most so many rows of each table (default: 100).")
    var limit: Int?

    @Flag(name: .long, help: "Put the views back that the last rebuild replaced.")
    var rollback = false

    @Flag(name: .long, help: "Remove what no query needs; say how many bytes that freed.")
    var prune = false

    func validate() throws {
        if [check || diff, rollback, prune].filter({ $0 }).count > 1 {
            throw ValidationError("--rollback and --prune go alone.")
        }
        if prune, !projections.isEmpty { throw ValidationError("--prune takes no projections: it looks through all of them.") }
        if limit != nil, !diff { throw ValidationError("--limit goes with --diff.") }
        if limit ?? 1 < 1 { throw ValidationError("--limit takes 1 or more.") }
    }

    func run() throws {
        let store = try options.open()
        if prune { return try prune(store) }
        let all = store.engine.projections.map(\.name)
        let names = projections.isEmpty ? (rollback ? [] : ["index"]) + all : projections
        for name in names where name != "index" || rollback {
            do {
                _ = try store.engine.projection(name)
            } catch {
                throw WrongUse(rollback ? "\(error) The index has no former version." : "\(error) And index.")
            }
        }
        if rollback { return try rollBack(names, store) }
        if !check { try removeDamaged(names, store) }
        try rebuild(names, store)
    }

    // MARK: Building

    /// What cannot be compared is begun anew. Without the index no view is built.
    private func removeDamaged(_ names: [String], _ store: Store) throws {
        func say(_ name: String, _ damage: String?) {
            if let damage { Failure.complain("\(name): the file was damaged (\(damage)); begun anew") }
        }
        say("index", try store.log.index.removeIfDamaged())
        for name in names where name != "index" { say(name, try store.engine.projection(name).removeIfDamaged()) }
    }

    private func rebuild(_ names: [String], _ store: Store) throws {
        var rows: [[SQLValue]] = []
        var differs = false
        let differences = diff ? DifferencePrinter(output.printer(DifferencePrinter.columns), limit: limit ?? 100) : nil
        for name in names {
            let bar = ProgressBar(name)
            defer { bar.finish() }
            let (count, conflicts) = try rebuild(name, store, bar, differences)
            bar.finish()
            differs = differs || count > 0
            rows.append([
                .text(name), .text(check ? "checked" : "rebuilt"), .integer(Int64(count)), .integer(Int64(conflicts)),
                .real((bar.seconds * 1000).rounded() / 1000),
            ])
        }
        if let differences {
            differences.end()
            for row in rows {
                Failure.complain(
                    "\(row[0].plainText): \(row[1].plainText), \(row[2].plainText) differences, \(row[3].plainText) conflicts, "
                        + "\(row[4].plainText) s")
            }
        } else {
            var printer = output.printer(["projection", "done", "differences", "conflicts", "seconds"])
            printer.print(rows)
        }
        if check && differs { throw ExitCode(Failure.storeTrouble) }
    }

    private func rebuild(
        _ name: String, _ store: Store, _ bar: ProgressBar, _ printer: DifferencePrinter?
    ) throws -> (differences: Int, conflicts: Int) {
        if name == "index" {
            let head = Int(try store.log.head())
            if check { return (try store.log.index.check { bar.update(Int($0), of: head) }, 0) }
            try store.log.index.rebuild { bar.update(Int($0), of: head) }
            return (0, 0)
        }
        let report = try store.engine.rebuild(
            name, checkOnly: check, progress: { bar.update(Int($0), of: Int($1)) },
            eachDifference: printer.map { printer in { printer.print($0, of: name) } })
        for difference in report.differences {
            Failure.complain(
                "\(difference.table): \(difference.added) rows too many, \(difference.removed) missing, \(difference.changed) changed, "
                    + "\(difference.indexEntries) index entries wrong\(check ? "" : "; mended")")
        }
        for conflict in report.firstConflicts { Failure.complain("\(name): not applied: \(conflict)") }
        let differences = report.differences.reduce(0) { $0 + $1.added + $1.removed + $1.changed + $1.indexEntries }
        return (differences, report.conflictCount)
    }

    // MARK: Going back, clearing away

    private func rollBack(_ names: [String], _ store: Store) throws {
        var rows: [[SQLValue]] = []
        for name in names {
            do {
                rows.append([.text(name), .text("rolled back"), .integer(Int64(try store.engine.rollBack(name)))])
            } catch ProjectionError.noFormer(let name) where projections.isEmpty {
                rows.append([.text(name), .text("nothing to roll back to"), .null])
            }
        }
        var printer = output.printer(["projection", "done", "position"])
        printer.print(rows)
    }

    private func prune(_ store: Store) throws {
        let pruned = try store.engine.prune()
        if output.format != .table {
            var printer = output.printer(["name", "kind", "bytes"])
            printer.print(pruned.map { [.text($0.name), .text($0.kind.rawValue), .integer(Int64($0.bytes))] })
            return
        }
        for folder in pruned { say("removed \(folder.name), \(sized(folder.bytes))") }
        let bytes = pruned.reduce(0) { $0 + $1.bytes }
        say("\(grouped(bytes)) bytes freed.")
    }
}
