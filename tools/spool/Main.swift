import ArgumentParser

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
            CommandGroup(name: "Facts in:", subcommands: [Append.self, IngestCommand.self, Archive.self, ReplayCommand.self]),
            CommandGroup(name: "Files beside it:", subcommands: [Cache.self, Blob.self]),
            CommandGroup(name: "Answers out:", subcommands: [Query.self, Views.self, Events.self, History.self, Why.self, Follow.self]),
        ]
    )

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
            Standard.output.flush()
        } catch {
            Failure.exit(with: error)
        }
    }
}
