import ArgumentParser
import EventLog
import Spool

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a store from a backup, as it was at its end or at a point before.",
        discussion: """
            The log is what it was, byte for byte. The new folder appears when everything in it was read back and checked; a damaged backup is
            refused with what is wrong and where. Earlier backups that an incremental one needs are found where they were.

            Examples:
              spool restore backups/tuesday --to restored
              spool restore backups/tuesday --to before --until 12
              spool restore tuesday --base old/monday --to again
            """)

    @Argument(help: "The backup's folder.")
    var backup: String

    @Option(name: .long, help: ArgumentHelp("A new or empty folder for the store.", valueName: "folder"))
    var to: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The last position to restore, or the time up to which events were recorded, such as '2026-01-02 03:04:05'.",
            valueName: "time|position"))
    var until: String?

    @OptionGroup var bases: BaseOptions

    func run() throws {
        let point = try until.map { try Moment.parse("until", $0) }
        let bar = ProgressBar("restore")
        defer { bar.finish() }
        let chain = try BackupChain(Backup(at: backup), bases: bases.base)
        let outcome = try Restore(of: chain, until: point).run(to: to) { bar.update($0, of: $1) }
        bar.finish()
        let rate = Double(outcome.bytes) / bar.seconds
        say(
            "Restored \(counted(outcome.head, "event")) and \(counted(outcome.blobs, "blob")) from \(counted(chain.backups.count, "backup")) to \(to), "
                + "\(sized(outcome.bytes)) in \((bar.seconds * 100).rounded() / 100) s (\(sized(Int(rate))) a second)")
        if let last = outcome.lastRecorded { say("The last event was recorded at \(last).") }
        say(outcome.views > 0 ? "With \(counted(outcome.views, "view"))." : "Views are built when they are first used.")
    }
}
