import ArgumentParser
import EventLog
import Spool

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write tables, or the log itself, into a file for other programs.",
        discussion: """
            sqlite is a plain database with the same tables, keys, foreign keys, indexes and views, blobs included. ndjson and csv are a file for
            one table, a folder with a file for each of several. All rows are of one moment. A file that is there is replaced with --replace only.

            `events` is the log, as CloudEvents a line that `spool ingest --as-recorded` takes back to an identical log.

            Examples:
              spool export old.db --format sqlite
              spool export image_library image_usage images.db --format sqlite
              spool export trending_topics --format csv topics.csv
              spool export trending_topics --format ndjson - | head
              spool export events log.ndjson
              spool export events | gzip > log.ndjson.gz
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: ArgumentHelp("Tables, all when there are none, and last the file; - is standard output.", valueName: "table|file"))
    var arguments: [String]

    @Option(name: .long, help: "ndjson, csv or sqlite (default: by the file's ending).")
    var format: Format?

    @OptionGroup var replacing: ReplaceOption

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case ndjson, csv, sqlite
    }

    func validate() throws {
        if arguments.first == "events" {
            if arguments.count > 2 { throw ValidationError("the log is exported by itself: spool export events FILE.") }
            if format ?? .ndjson != .ndjson { throw ValidationError("events are exported as ndjson.") }
        }
    }

    func run() throws {
        let store = try options.open()
        let bar = ProgressBar("export")
        defer { bar.finish() }
        if arguments.first == "events" { return try exportEvents(store, arguments.count == 2 ? arguments[1] : "-", bar) }
        guard let file = arguments.last else { throw WrongUse("say which file to write") }
        let known = store.engine.projections.flatMap { $0.projector.tables.map(\.schema.name) }
        if known.contains(file) {
            let tables = arguments.joined(separator: " ")
            throw WrongUse(
                "the last argument is the file, and '\(file)' is a table: say where to, spool export \(tables) FILE, with - for standard output. "
                    + "A file of that name is ./\(file).")
        }
        let export = try TableExport(of: store, tables: arguments.dropLast())
        let format = try chosenFormat(file)
        if file == "-" {
            guard format != .sqlite, arguments.count == 2 else { throw WrongUse("standard output takes one table as ndjson or csv") }
            _ = try export.write(format) { Standard.output.write($0) }
            return
        }
        try replacing.check(file)
        let outcome = try export.write(format, to: file) { bar.update($1, of: $2, $0) }
        bar.finish()
        let rows = outcome.rows.reduce(0) { $0 + $1.count }
        say("\(counted(rows, "row")) of \(counted(outcome.rows.count, "table")) at position \(grouped(outcome.position)) in \(file).")
    }

    private func exportEvents(_ store: Store, _ file: String, _ bar: ProgressBar) throws {
        let export = EventExport(of: store)
        if file == "-" {
            try export.write { Standard.output.write($0) }
            return
        }
        try replacing.check(file)
        let outcome = try export.write(to: file) { bar.update($0, of: $1) }
        bar.finish()
        say("\(counted(outcome.events, "event")) up to position \(grouped(outcome.head)) in \(file).")
        say("`spool ingest \(file) --as-recorded` takes them into an empty store; blobs are not in it.")
    }

    private func chosenFormat(_ file: String) throws -> TableExport.Format {
        if let format { return TableExport.Format(rawValue: format.rawValue) ?? .ndjson }
        switch file.split(separator: "/").last?.split(separator: ".").last {
        case "csv": return .csv
        case "ndjson", "jsonl": return .ndjson
        case "sqlite", "sqlite3", "db": return .sqlite
        default: throw WrongUse("say --format ndjson, csv or sqlite")
        }
    }
}
