import ArgumentParser
import EventLog
import Importing
import Projection
import Spool

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over old databases: their rows become events with their original ids and times.",
        discussion: """
            SYSTEM is excuse-my-french (trends.db, metrics.db, image_library.db, any of them), narrative-game, story-to-video,
            lecture-highlights or primetime. A PATH is an SQLite file, a folder with a TABLE.csv for each table as `COPY … CSV HEADER` writes
            it, or a PostgreSQL connection string. Nothing is written there, and its owner may go on writing.

            Run it again to store what is new, changed or gone since. Rows that cannot be taken are counted and, with --rejects, written to
            a file with the reason; the exit code is 1 then. With --verify it is 3 when a view differs otherwise.

            Examples:
              spool import excuse-my-french trends.db metrics.db image_library.db --verify
              spool import primetime primetime.db --dry-run
              spool import lecture-highlights 'postgresql://app@localhost/lectures' \\
                --rejects bad.ndjson
              spool import lecture-highlights exports/
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The system that the databases belong to.")
    var system: LegacySystem

    @Argument(help: "Files, folders of CSV exports, or connection strings.")
    var paths: [String]

    @Flag(name: .long, help: "Only tell what would happen.")
    var dryRun = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where rows go that are not taken, as NDJSON of table, key, reason and row. A file that is there is replaced.",
            valueName: "file"))
    var rejects: String?

    @Flag(name: .long, help: "Compare every old table with the view afterwards, row for row and column for column.")
    var verify = false

    func validate() throws {
        if dryRun && verify { throw ValidationError("--verify compares what is stored, and --dry-run stores nothing: give one of them.") }
    }

    func run() throws {
        let store = try options.open()
        let bar = ProgressBar("import")
        defer { bar.finish() }
        let importer = try Importer(store, system, paths)
        let sink = try rejects.map { try RejectFile($0, inputs: paths) }
        var shown = 0
        let report = try importer.run(dryRun: dryRun) { row in
            if let sink { return try sink.write(row.json) }
            shown += 1
            if shown <= 20 { Failure.complain("\(row.table), row \(row.key): \(row.reason)") }
            if shown == 21 { Failure.complain("further rejected rows are counted only; --rejects FILE writes them all") }
        } progress: { counts in
            bar.update(counts.rows, of: counts.total, counted(counts.rows, "row"))
        }
        try sink?.close()
        bar.finish()
        show(report, seconds: bar.seconds)
        if !dryRun { try store.settle(after: report.stored) }
        if verify { try compare(importer) }
        if report.rejected > 0 { throw ExitCode(Failure.refused) }
    }

    private func show(_ report: ImportReport, seconds: Double) {
        var printer = output.printer(["table", "rows", "stored", "changed", "stored_before", "removed", "rejected"])
        printer.print(
            report.tables.map { table in
                [.text(table.name)]
                    + [table.rows, table.stored, table.changed, table.storedBefore, table.removed, table.rejected].map {
                        .integer(Int64($0))
                    }
            })
        guard output.format == .table else { return }
        for table in report.tables {
            if !table.missingColumns.isEmpty {
                say("\(table.name) has no \(table.missingColumns.joined(separator: ", ")): defaults stand for them.")
            }
            if !table.extraColumns.isEmpty { say("\(table.name): \(table.extraColumns.joined(separator: ", ")) left out.") }
        }
        if !report.extraTables.isEmpty { say("Tables left out: \(report.extraTables.joined(separator: ", ")).") }
        if !report.missingTables.isEmpty { say("Tables not there: \(report.missingTables.joined(separator: ", ")).") }
        let rate = Int(Double(report.rows) / seconds)
        say(
            "\(counted(report.rows, "row")): \(grouped(report.stored)) \(dryRun ? "to be stored" : "stored"), "
                + "\(grouped(report.storedBefore)) stored before, \(grouped(report.removed)) removed, \(grouped(report.rejected)) rejected, "
                + "in \((seconds * 100).rounded() / 100) s (\(grouped(rate)) a second)")
        if dryRun { say("Nothing was stored.") }
        if let rejects, report.rejected > 0 { say("Rejected rows are in \(rejects).") }
    }

    private func compare(_ importer: Importer) throws {
        let bar = ProgressBar("verify")
        defer { bar.finish() }
        let tables = try importer.verify { bar.update($0.rows, of: $0.total, counted($0.rows, "row")) }
        bar.finish()
        var printer = output.printer(["table", "equal", "differing", "rejected", "own", "first_difference"])
        printer.print(
            tables.map { table in
                [.text(table.table)] + [table.equal, table.differing, table.rejected, table.own].map { .integer(Int64($0)) }
                    + [table.first.map { .text("\($0)") } ?? .null]
            })
        guard tables.allSatisfy(\.isEqual) else {
            Failure.complain("error: the views differ from the old tables beyond the rows that were rejected")
            throw ExitCode(Failure.storeTrouble)
        }
        if output.format == .table { say("Every row that was taken is equal, column for column.") }
    }
}

extension LegacySystem: ExpressibleByArgument {}
