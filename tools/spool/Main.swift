import ArgumentParser
import CLinux
import EventLog
import Glibc

@main
struct Spool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "An append-only event log for media pipelines, with SQL over the tables built from it.",
        discussion: """
            A first look:
              spool init
              spool append trend.captured topic='AI art generators' source=reddit \\
                relevance_score:=0.92
              spool query 'SELECT topic, relevance_score FROM unused_recent_topics'

            The store is the folder ./spool, or what --store or SPOOL_STORE say.
            Exit codes: 0 done; 1 the fact or input was refused; 2 wrong use, or a file to be read that is not there; 3 trouble with the store
            or the disk.
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
        // An ingest takes an eighth less memory than with thresholds that rise.
        spool_fix_heap_thresholds(384 << 10)
        // A file that would pass a limit is an error like a full disk, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            try Self.checkEncoding()
            let verb = try verb()
            try LockWait.$current.withValue(Waiting.policy) { try verb() }
            Standard.output.flush()
        } catch {
            Failure.exit(with: error)
        }
    }

    /// What the command line asks for.
    private static func verb() throws -> () throws -> Void {
        if let event = NewEvent(commandLine: CommandLine.arguments.dropFirst()) { return { try event.append() } }
        let command = try parseVerb() ?? parseTree()
        return {
            var command = command
            try command.run()
        }
    }

    /// A command line that makes sense, of a verb that has none below it. To look through all verbs would take longer than an append does.
    private static func parseVerb() -> (any ParsableCommand)? {
        guard let name = CommandLine.arguments.dropFirst().first,
            let verb = configuration.groupedSubcommands.lazy.flatMap(\.subcommands).first(where: { $0._commandName == name }),
            verb.configuration.subcommands.isEmpty,
            let command = try? verb.parseAsRoot(Array(CommandLine.arguments.dropFirst(2))), type(of: command) == verb
        else { return nil }
        return command
    }

    /// Any command line: whoever asks for help or has made a mistake hears of the whole.
    private static func parseTree() throws -> any ParsableCommand {
        try checkVerb()
        return try parseAsRoot()
    }

    /// Says which verb a mistyped one was probably meant to be.
    private static func checkVerb() throws {
        var known = configuration.groupedSubcommands.flatMap { $0.subcommands }
        var said = "spool"
        if let first = CommandLine.arguments.dropFirst().first, first.hasPrefix("--store") {
            throw WrongUse("options come after the verb: spool VERB --store FOLDER. See `spool --help`.")
        }
        for name in CommandLine.arguments.dropFirst() {
            if known.isEmpty || name.hasPrefix("-") { return }
            if said == "spool", name == "help" { continue }
            guard let verb = known.first(where: { $0._commandName == name }) else {
                let names = known.map { $0._commandName }
                let hint = KnownNames.hint(name, names)
                let list = hint.isEmpty ? " There are \(names.joined(separator: ", "))." : hint
                throw WrongUse("there is no verb '\(name)' of \(said).\(list) See `\(said) --help`.")
            }
            said += " \(name)"
            known = verb.configuration.subcommands
        }
    }

    /// Text is UTF-8. What is not would be mended in silence on its way into a String, and another fact stored than was meant.
    private static func checkEncoding() throws {
        func check(_ what: String, _ text: UnsafePointer<CChar>?) throws {
            guard let text, String(validatingCString: text) == nil else { return }
            throw WrongUse("\(what) is not valid UTF-8: '\(String(cString: text))'. Nothing was done.")
        }
        for place in 1..<max(1, Int(CommandLine.argc)) { try check("argument \(place)", CommandLine.unsafeArgv[place]) }
        for name in ["SPOOL_STORE", "SPOOL_VIDEOS"] { try check(name, getenv(name)) }
    }
}
