import ArgumentParser
import EventLog
import Projection
import Spool
import Workflows

struct Archive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Let old, completed things leave the views by event; the log keeps them.",
        subcommands: [ArchiveWorkflows.self])
}

struct ArchiveWorkflows: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflows",
        abstract: "Archive completed workflows with their files.",
        discussion: """
            Examples:
              spool archive workflows --older-than 30 --dry-run
            """)

    @OptionGroup var options: StoreOptions

    @Option(name: .long, help: ArgumentHelp("Days since completion.", valueName: "days"))
    var olderThan = 30

    @Flag(name: .long, help: "Only tell what would be archived.")
    var dryRun = false

    func validate() throws {
        if !(0...36_500).contains(olderThan) { throw ValidationError("--older-than takes 0 to 36500 days.") }
    }

    func run() throws {
        let store = try options.open()
        let limit = Timestamp.now().adding(seconds: -Int64(olderThan) * 86_400).sqlText
        let old = try store.rows(
            "SELECT id, completed_at, story_title FROM workflows WHERE status = 'completed' AND completed_at < ? ORDER BY completed_at",
            [.text(limit)])
        for row in old {
            if !dryRun { try store.append(WorkflowArchived(id: row[0].plainText), source: "spool-archive") }
            say("\(dryRun ? "would archive" : "archived") \(row[0].plainText), completed \(row[1].plainText)")
        }
        say("\(counted(old.count, "workflow")) \(dryRun ? "to archive" : "archived").")
    }
}
