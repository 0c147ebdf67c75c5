import ArgumentParser
import Glibc

@main
struct Spool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "An append-only event log for media pipelines, with SQL over the tables built from it.",
        discussion: """
            A first look:
              spool init
              spool append trend.captured topic='AI art generators' source=reddit relevance_score:=0.92
              spool query 'SELECT topic, relevance_score FROM unused_recent_topics'

            The store is the folder ./spool, or what --store or SPOOL_STORE say.
            Exit codes: 0 done, 1 the fact or input was refused, 2 wrong use, 3 store trouble.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "The store:", subcommands: [Init.self, Status.self, Verify.self, Rebuild.self, Reset.self]),
            CommandGroup(name: "Facts in:", subcommands: [Append.self, IngestCommand.self, Import.self, Archive.self, ReplayCommand.self]),
            CommandGroup(name: "Keeping it safe:", subcommands: [BackupCommand.self, RestoreCommand.self, RepairCommand.self]),
            CommandGroup(name: "Files beside it:", subcommands: [Cache.self, Blob.self, TimelineCommand.self]),
            CommandGroup(
                name: "Answers out:",
                subcommands: [
                    Query.self, Views.self, Events.self, History.self, Why.self, Follow.self, ExportCommand.self,
                ]),
        ]
    )

    static func main() {
        // A file that would pass a limit is an error like a full disk, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
            Standard.output.flush()
        } catch {
            Failure.exit(with: error)
        }
    }
}
