import ArgumentParser
import EventLog
import JSON
import Spool

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Make a new store of all that is whole in a damaged one.",
        discussion: """
            The damaged store stays as it is. Events are taken from the log and, where its pages are damaged, from anywhere in its file: a \
            checksum over position and bytes proves each of them. They keep their positions, ids and times; a spool.lost event stands where one \
            is lost. What was saved and what was not is printed, and is kept in the new store's repair.json. Views are built when they are \
            first used.

            Examples:
              spool repair --dry-run
              spool repair --to ./repaired
              spool repair --to ./repaired-2 --format json
            """)

    @OptionGroup var options: StoreOptions

    @Option(name: .long, help: ArgumentHelp("A new or empty folder for the repaired store.", valueName: "folder"))
    var to: String?

    @Flag(name: .long, help: "Only say what can be saved.")
    var dryRun = false

    @Option(name: .long, help: "table or json.")
    var format: OutputFormat = .table

    func validate() throws {
        guard dryRun == (to == nil) else { throw ValidationError("Say either --to FOLDER or --dry-run.") }
        guard format == .table || format == .json else { throw ValidationError("--format is table or json.") }
    }

    func run() throws {
        let bar = ProgressBar("repair")
        defer { bar.finish() }
        let repair = try Repair(of: options.path) { bar.update($0, of: $1, "search") }
        let report = try to.map { try repair.run(to: $0) { bar.update(Int($0), of: Int($1), "copy") } } ?? repair.report()
        bar.finish()
        if format == .json { return say(String(decoding: try JSONEncoding.encode(report), as: UTF8.self)) }
        print(report)
    }

    private func print(_ report: RepairReport) {
        for problem in report.problems { say("log: \(problem)") }
        let further = report.problemCount - report.problems.count
        if further > 0 { say("log: \(further) further problems") }
        say(
            "events: \(grouped(report.eventsSaved)) \(dryRun ? "can be saved" : "saved") of \(grouped(report.head)), "
                + "\(grouped(report.eventsRecovered)) of them from damaged pages; \(grouped(report.eventsLost)) lost")
        var lost = PositionRanges()
        for range in report.lost { lost.add(range[0]...range[1]) }
        if !lost.isEmpty { say("lost: \(counted(lost.count, "position")): \(lost)") }
        if !report.ambiguous.isEmpty {
            say("two whole records were left of \(counted(report.ambiguous.count, "position")); the one recorded last is kept")
        }
        if !report.pinned.isEmpty {
            say("given the id of the row they made, since rows before it are lost: \(counted(report.pinned.count, "event"))")
        }
        say("blobs: \(grouped(report.blobsSaved)) \(dryRun ? "can be saved" : "saved"), \(grouped(report.blobsLost.count)) damaged")
        for hash in report.blobsLost { say("damaged blob: \(hash)") }
        say("settings: \(report.settings)")
        if let to = report.to { say("The new store is in \(to), this report in \(to)/repair.json.") }
    }
}
