import ArgumentParser
import EventLog
import Spool

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Copy a log into another store: all of it or some, as it is or changed.",
        discussion: """
            Ids, sources and times stay; the new store assigns positions and applies its rules. All events, unchanged, into an empty store give
            the same log to the byte. Where events are left out or changed, an event that made a row takes that row's id along, so that later
            events name the right one. Blobs that events name are copied.

            Interrupt it whenever you like and run it again, also after the log has grown: it goes on where it stopped.

            Examples:
              spool replay --to copy
              spool replay --to trends-only --type trend.captured --type trend.used
              spool replay --to beginning --until 20
              spool replay --to changed --not-type api.called --map map.json --upcast

            The map says what becomes of the events of a type:
              {
                "trend.captured": {"drop": ["metadata"], "set": {"source": "reddit"}},
                "search.performed": {"rename": {"results": "result_count"}},
                "asset.validated": {
                  "type": "asset.rejected", "schemaversion": 1,
                  "set": {"error_state": "FILE_MISSING"}
                },
                "processing.logged": {"omit": true}
              }
            """)

    enum OnError: String, ExpressibleByArgument, CaseIterable {
        case stop, skip
    }

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("The store to copy into; made when there is none.", valueName: "folder"))
    var to: String

    @Option(name: .long, help: ArgumentHelp("From this position on.", valueName: "position"))
    var from: Position = 1

    @Option(name: .long, help: ArgumentHelp("Up to this position, or what was recorded up to this time.", valueName: "time|position"))
    var until: String?

    @Option(name: .long, help: ArgumentHelp("Only this type; repeat it for several.", valueName: "type"))
    var type: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only events tagged so; repeat it for events with any of them.", valueName: "tag"))
    var tag: [String] = []

    @Option(name: .long, help: ArgumentHelp("Without this type; repeat it for several.", valueName: "type"))
    var notType: [String] = []

    @Option(name: .long, help: ArgumentHelp("Without events tagged so; repeat it for several.", valueName: "tag"))
    var notTag: [String] = []

    @Option(name: .long, help: ArgumentHelp("A JSON file that says how events are changed.", valueName: "file"))
    var map: String?

    @Flag(name: .long, help: "Bring events of older schema versions to the current one.")
    var upcast = false

    @Option(name: .long, help: "What to do with an event that the new store refuses: stop there, or skip it.")
    var onError: OnError = .stop

    @Flag(name: .customLong("new-row-ids"), help: "Let the new store assign ids to rows, even where events are left out.")
    var newRowIDs = false

    @Flag(name: .long, help: "Begin at the first event again; what is there already is recognised.")
    var restart = false

    @Option(name: .long, help: "Events in a batch.")
    var batch = 1000

    func validate() throws {
        if from < 1 { throw ValidationError("--from takes a position from 1.") }
        if let until, let last = Position(until), from > last { throw ValidationError("--from \(from) is after --until \(last).") }
        if !(1...100_000).contains(batch) { throw ValidationError("--batch takes 1 to 100000 events.") }
    }

    func run() throws {
        let source = try options.open()
        try KnownNames(source).checkTypes(type + notType)
        let selection = ReplaySelection(
            from: from, until: try until.map { try Moment.parse("until", $0) }, types: Set(type), tags: Set(tag),
            withoutTypes: Set(notType), withoutTags: Set(notTag))
        let changes = try map.map { try parsedMap($0, source) } ?? ReplayMap()
        // What is wrong with the request is said before anything is made.
        _ = try selection.until.map { until in try source.log.storage.read { try until.positionOfSome(in: $0) } }
        let target = try Store.create(at: to, allowed: source.info.allowed ?? [:])
        var replay = Replay(from: source, to: target)
        replay.selection = selection
        replay.map = changes
        replay.upcasts = upcast
        replay.onError = onError == .stop ? .stop : .skip
        replay.assignsNewRowIDs = newRowIDs
        replay.restarts = restart
        replay.batchSize = batch
        let bar = ProgressBar("replay")
        defer { bar.finish() }
        var shown = 0
        let report: ReplayReport
        do {
            report = try replay.run(
                refused: { event in
                    shown += 1
                    if shown <= 20 { Failure.complain("position \(event.position), \(event.type), id '\(event.id)': \(event.reason)") }
                    if shown == 21 { Failure.complain("further refused events are counted only") }
                },
                progress: { bar.update(Int($0.reached), of: Int($0.end), counted($0.stored, "event")) })
        } catch let error as ReplayError {
            throw WrongUse("\(error)")
        }
        bar.finish()
        try target.settle(after: report.stored)
        show(report, seconds: bar.seconds)
        if report.refused > 0 { throw ExitCode(Failure.refused) }
    }

    private func parsedMap(_ path: String, _ source: Store) throws -> ReplayMap {
        do {
            return try ReplayMap(parsing: Input.read(path), types: KnownNames(source).types())
        } catch {
            if error is WrongUse { throw error }
            throw WrongUse("--map \(path): \(error)")
        }
    }

    private func show(_ report: ReplayReport, seconds: Double) {
        var printer = output.printer(["type", "new_type", "read", "stored", "stored_before", "left_out", "refused"])
        printer.print(
            report.counts.sorted { $0.key < $1.key }.map { type, count in
                [
                    .text(type), count.newType.map { .text($0) } ?? .null, .integer(Int64(count.read)), .integer(Int64(count.stored)),
                    .integer(Int64(count.repeated)), .integer(Int64(count.dropped)), .integer(Int64(count.refused)),
                ]
            })
        let read = report.counts.values.reduce(0) { $0 + $1.read }
        var text =
            report.first > report.end
            ? (report.isContinued
                ? "Nothing new: everything up to position \(report.end) was copied before."
                : "No event is selected: --from \(report.first) is beyond position \(report.end), the last one.")
            : report.reached < report.first
                ? "Nothing was copied."
                : "positions \(report.first) to \(report.reached) of \(report.end) in \((seconds * 100).rounded() / 100) s "
                    + "(\(grouped(Int(Double(read) / seconds))) events a second)"
        if report.first <= report.end, report.selected == 0, !report.isContinued {
            text += "\nNo event is selected: all \(grouped(read)) were left out."
        }
        if report.pinned > 0 {
            text += "\n\(counted(report.pinned, "event")) took along the id of the row \(report.pinned == 1 ? "it" : "they") made."
        }
        if report.retimed > 0 { text += "\n\(counted(report.retimed, "event")) could not keep the recorded time." }
        if report.blobs > 0 { text += "\n\(counted(report.blobs, "blob")) copied." }
        if report.isStopped { text += "\nStopped before position \(report.reached + 1). Mend it and run again, or say --on-error skip." }
        Failure.complain(text)
    }
}
