import ArgumentParser
import EventLog
import Spool

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store into a folder while others go on writing.",
        discussion: """
            The copy holds the log, the blobs and the settings; views are built again from the log, or come along with --with-views. It
            appears when it is whole and on disk. `spool verify FOLDER` checks it, `spool restore FOLDER --to NEW` makes a store of it.

            Examples:
              spool backup backups/monday
              spool backup backups/tuesday --since backups/monday
              spool backup backups --keep 7
              spool backup backups --keep 7 --incremental

            With --keep the backup is named by its time within the folder; it is checked, and then the oldest ones beyond the number go. With
            --incremental it goes on from the newest one there; now and then a full one begins anew. What a kept backup needs is kept.
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "A new folder; with --keep the folder of all backups.")
    var folder: String

    @Option(name: .long, help: ArgumentHelp("Only what came after this backup.", valueName: "backup"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("How many backups to keep in the folder.", valueName: "number"))
    var keep: Int?

    @Flag(name: .long, help: "With --keep: only what came after the newest backup in the folder.")
    var incremental = false

    @Flag(name: .long, help: "Include the views, so that a restored store need not build them.")
    var withViews = false

    @OptionGroup var bases: BaseOptions

    func validate() throws {
        if let keep, !(1...100_000).contains(keep) { throw ValidationError("--keep takes 1 to 100000.") }
        if keep != nil, since != nil { throw ValidationError("--since names one backup, --keep takes the newest with --incremental.") }
        if incremental, keep == nil { throw ValidationError("--incremental goes with --keep; or name the earlier backup with --since.") }
    }

    func run() throws {
        let store = try options.open()
        let bar = ProgressBar("backup")
        defer { bar.finish() }
        let backup: Backup
        var schedule: BackupSchedule.Outcome?
        if let keep {
            let outcome = try BackupSchedule(in: folder, keep: keep).run(store, isIncremental: incremental, withViews: withViews) {
                bar.update($1, of: $2, $0)
            }
            schedule = outcome
            backup = outcome.made
        } else {
            let earlier = try since.map { try Backup(at: $0) }
            backup = try store.backup(to: folder, since: earlier, bases: bases.base, withViews: withViews) { bar.update($0, of: $1) }
        }
        bar.finish()
        let info = backup.info
        let positions = "positions \(grouped(info.after.position + 1)) to \(grouped(info.through.position))"
        let what = info.records == 0 ? "no new events" : positions
        let rate = Double(info.recordBytes + info.blobBytes) / bar.seconds
        say(
            "\(info.isFull ? "Full" : "Incremental") backup in \(backup.path): \(what), \(counted(info.blobs, "blob")), "
                + "\(sized(Int(info.recordBytes + info.blobBytes))) in \((bar.seconds * 100).rounded() / 100) s "
                + "(\(sized(Int(rate))) a second)")
        if !info.views.isEmpty { say("With \(counted(info.views.count, "view")).") }
        guard let schedule else { return }
        let checked = schedule.verification
        say("Checked: \(counted(checked.records, "record")) whole in \(counted(checked.backups, "backup")).")
        for name in schedule.removed { say("Removed \(name).") }
        for name in schedule.unreadable {
            Failure.complain("\(name) cannot be read as a backup, and was left as it is: `spool verify` tells why.")
        }
    }
}

/// Where the earlier backups of incremental ones are.
struct BaseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where an earlier backup is that an incremental one needs, or the folder that it is in; repeat it for several. "
                + "They are found by themselves where they were.", valueName: "folder"))
    var base: [String] = []
}
