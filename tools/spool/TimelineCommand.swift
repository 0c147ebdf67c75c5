import ArgumentParser
import EventLog
import JSON
import Projection
import Shows
import Spool

struct TimelineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline",
        abstract: "Take a show's timeline out as a JSON file, or in from one.",
        discussion: """
            Examples:
              spool timeline export 1 intro.json
              spool timeline import intro.json --name 'Intro, second take'
            """,
        subcommands: [Export.self, Import.self])

    private static func missing(_ id: Int) -> RuleViolation {
        RuleViolation(.notFound, table: "timelines", row: "\(id)", field: "id", "there is no such timeline")
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write a timeline's JSON, exactly as it was saved.")

        @OptionGroup var options: StoreOptions

        @Argument(help: "The timeline's id.")
        var id: Int

        @Argument(help: "The file; standard output when none is given.")
        var file: String?

        @OptionGroup var replacing: ReplaceOption

        func run() throws {
            if let file { try replacing.check(file) }
            guard let timeline = try options.open().read(shows, { try $0.get(Timeline.table, id) }) else {
                throw TimelineCommand.missing(id)
            }
            let bytes = Array(timeline.timelineJSON.text.utf8) + [0x0A]
            if let file { try File.replace(file, with: bytes) } else { Standard.output.write(bytes) }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Save a JSON file as a new timeline, or in place of one.")

        @OptionGroup var options: StoreOptions

        @Argument(help: "The file; - is standard input.")
        var file: String

        @Option(name: .long, help: "Its name (default: the name in the file, else the file's).")
        var name: String?

        @Option(name: .long, help: ArgumentHelp("The timeline to replace ; it must be there (default: a new one).", valueName: "timeline"))
        var id: Int?

        func run() throws {
            let document = try JSONDocument(parsing: Input.read(file))
            guard document.root.kind == .object else {
                throw AppendError.invalid(field: "timeline_json", "expected a JSON object in \(file), found \(document.root.kind)")
            }
            var writer = JSONWriter()
            writer.beginObject()
            if let id {
                writer.key("id")
                writer.int(id)
            }
            writer.key("name")
            writer.string(name ?? document.root["name"]?.string ?? String(file.split(separator: "/").last ?? "timeline"))
            writer.key("timeline_json")
            writer.raw(document.root.rawText)
            if let theme = document.root["theme"]?.string {
                writer.key("theme_id")
                writer.string(theme)
            }
            writer.endObject()
            let store = try options.open()
            if let id, try store.read(shows, { try $0.get(Timeline.table, id) }) == nil { throw TimelineCommand.missing(id) }
            let receipt = try store.append(CloudEvent(type: "timeline.saved", data: writer.bytes))
            say("saved at position \(receipt.position): \(receipt.subject)")
        }
    }
}
