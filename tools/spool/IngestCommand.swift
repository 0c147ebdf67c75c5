import ArgumentParser
import EventLog
import JSON
import Spool

struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Store many events: NDJSON of CloudEvents, or CSV of one type.",
        discussion: """
            Events go in batches, each on disk before the next begins. Interrupt it whenever you like and run it again: what is stored already is
            recognised by source and id.

            Examples:
              youtube_trending.py data.csv | spool ingest
              spool ingest events.ndjson --on-error reject --rejects bad.ndjson
              spool ingest stats.csv --type metrics.recorded --time day \\
                --map video_id=video --map views=view_count --map platform=platform
              spool ingest log.ndjson --as-recorded
            """)

    enum OnError: String, ExpressibleByArgument, CaseIterable {
        case stop, skip, reject
    }

    @OptionGroup var options: StoreOptions

    @Argument(help: "The file; - or none is standard input.")
    var file = "-"

    @Option(name: .long, help: "What to do with a line that is refused: stop there, skip it, or reject it into a file.")
    var onError: OnError = .stop

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where rejected lines go, as NDJSON of line, reason and text; a CSV record's line is its first. A file that is there is replaced.",
            valueName: "file"))
    var rejects: String?

    @Option(name: .long, help: "The type of the events: the input is CSV with a line of column names.")
    var type: String?

    @Option(
        name: .long,
        help: ArgumentHelp("CSV: a field and its column; all columns by their names when none is given.", valueName: "field=column"))
    var map: [String] = []

    @Option(name: .long, help: ArgumentHelp("CSV: the column of the event's time.", valueName: "column"))
    var time: String?

    @Option(
        name: .customLong("id"), help: ArgumentHelp("CSV: the column of the event's id (default: the record's line).", valueName: "column"))
    var idColumn: String?

    @Option(
        name: .long,
        help: "CSV: the source of the events (default: csv:NAME, the file's). Another file of the same name needs another, or --id.")
    var source: String?

    @Option(name: .long, help: "Lines in a batch.")
    var batch = Ingest.defaultBatchSize

    @Flag(
        name: .long,
        help:
            "The file is from `spool export events`: store its events as they were recorded, into an empty store or one with its beginning."
    )
    var asRecorded = false

    func validate() throws {
        if asRecorded, type != nil || onError != .stop || rejects != nil {
            throw ValidationError("--as-recorded takes a whole log or stops: --type, --on-error and --rejects do not go with it.")
        }
        if !(1...100_000).contains(batch) { throw ValidationError("--batch takes 1 to 100000 lines.") }
        if type == nil, !map.isEmpty || time != nil || idColumn != nil || source != nil {
            throw ValidationError("--map, --time, --id and --source are for CSV: say --type too.")
        }
        if onError == .reject && rejects == nil { throw ValidationError("--on-error reject needs --rejects FILE.") }
        if onError != .reject && rejects != nil { throw ValidationError("--rejects goes with --on-error reject.") }
    }

    func run() throws {
        let store = try options.open()
        if let type { try KnownNames(store).checkTypes([type]) }
        let lines = try Input.lines(file)
        try lines.checkIsText()
        if type != nil, lines.beginsWithObject { throw WrongUse("\(file) begins as NDJSON does, and --type is for CSV: leave it out.") }
        let sink = try rejects.map { try RejectFile($0, inputs: [file]) }
        let bar = ProgressBar("ingest")
        let ingest = Ingest(into: store, onError: onError == .stop ? .stop : .skip, batchSize: batch)
        var shown = 0
        var idsAreTaken = false
        func refused(_ line: Ingest.RefusedLine) throws {
            if let sink { try sink.write(line.json) }
            shown += 1
            if type != nil, idColumn == nil, case AppendError.idTaken? = line.error as? AppendError { idsAreTaken = true }
            if shown <= 20 { Failure.complain("line \(line.number): \(line.reason)") }
            if shown == 21 { Failure.complain("further refused lines are counted only") }
        }
        var counts = Ingest.Progress()
        func progress(_ reached: Ingest.Progress) {
            counts = reached
            bar.update(counts.bytesRead, of: counts.size, "\(counted(counts.stored + counts.repeated, "event"))")
            Interruption.prepare("Interrupted: \(summary(of: counts)).\n\(goingOn(from: counts))")
        }
        defer { bar.finish() }
        let source = try type.map { try CSVSource(lines, type: $0, source: csvSource, mapping: mapping(), engine: store.engine) }
        progress(counts)
        do {
            if asRecorded {
                let result = try ExportedIngest(into: store, batchSize: batch).run(lines, progress: progress)
                counts = result.counts
                if let line = result.refused { try refused(line) }
            } else if let source {
                counts = try ingest.run(source, refused: refused, progress: progress)
            } else {
                counts = try ingest.run(NDJSONSource(lines), refused: refused, progress: progress)
            }
            try sink?.close()
        } catch {
            bar.finish()
            report(counts, seconds: bar.seconds)
            say(goingOn(from: counts))
            throw error
        }
        bar.finish()
        if idsAreTaken {
            Failure.complain(
                "Ids are the lines' numbers within the source '\(csvSource)', and that source had other facts on those lines. "
                    + "Give another --source, or --id with a column.")
        }
        report(counts, seconds: bar.seconds)
        if counts.refused > 0, type == nil, file.lowercased().hasSuffix(".csv") {
            Failure.complain("To take CSV, say with --type which events its records are.")
        }
        try store.settle(after: counts.stored)
        if counts.refused > 0 { throw ExitCode(Failure.refused) }
    }

    private var csvSource: String { source ?? "csv:\(file.split(separator: "/").last ?? "-")" }

    private func summary(of counts: Ingest.Progress) -> String {
        "\(counted(counts.stored, "event")) stored, \(grouped(counts.repeated)) stored before, \(grouped(counts.refused)) refused, "
            + "of \(type == nil ? counted(counts.lines, "line") : counted(counts.facts, "record"))"
    }

    /// After an end within a batch, of which a part may be on disk.
    private func goingOn(from counts: Ingest.Progress) -> String {
        "It stopped behind line \(counts.lines); some of the \(grouped(batch)) after it may be stored too. Run it again to go on from there: "
            + "what is stored is recognised."
    }

    private func report(_ counts: Ingest.Progress, seconds: Double) {
        let rate = Int(Double(counts.stored + counts.repeated) / seconds)
        say("\(summary(of: counts)) in \((seconds * 100).rounded() / 100) s (\(grouped(rate)) a second)")
        if counts.refused > 0, onError == .stop {
            let advice = asRecorded ? "Mend it and run again." : "Mend it and run again, or say --on-error skip."
            say("Stopped at line \(counts.lines); the lines before it are stored. \(advice)")
        }
        if let rejects, counts.refused > 0 { say("Refused lines are in \(rejects).") }
    }

    private func mapping() throws -> CSVSource.Mapping {
        let fields = try map.map { text -> (field: String, column: String) in
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw WrongUse("--map '\(text)': expected field=column")
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
        return CSVSource.Mapping(fields: fields, time: time, id: idColumn)
    }
}

extension Ingest.RefusedLine {
    /// As a file of rejects has it.
    fileprivate var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("line")
        writer.int(number)
        writer.key("reason")
        writer.string(reason)
        writer.key("text")
        writer.string(text)
        writer.endObject()
        return writer.bytes
    }
}
