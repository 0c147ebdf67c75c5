import ArgumentParser

struct Append: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append",
        abstract: "Store one event and print its receipt.",
        discussion: """
            Fields are key=text or key:=JSON; --data takes the whole object instead.

            Examples:
              spool append trend.captured topic='AI art generators' source=reddit \\
                relevance_score:=0.92
              spool append image.used image_id:=1 video_id=video_001 \\
                --id run7-scene3 --source renderer
              spool append video.status_changed video_id=video_001 status=posted \\
                --expect 5
              spool append metrics.recorded \\
                --data '{"video_id":"video_001","platform":"tiktok","views":100}'

            The receipt names the rows that the event made under an id of their own, and those that were there and changed or went. The same
            --source and --id again stores nothing and prints the first receipt, with the rows made.
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The event's type, such as trend.captured. `spool views --types` lists them.")
    var type: String

    @Argument(help: ArgumentHelp("The event's fields.", valueName: "key=text|key:=json"))
    var fields: [String] = []

    @Option(name: .long, help: ArgumentHelp("The event's data as one JSON object.", valueName: "json"))
    var data: String?

    @Option(name: .long, help: "The event's id within its source (default: a new UUID).")
    var id: String?

    @Option(name: .long, help: "Who reports it.")
    var source = "spool"

    @Option(name: .long, help: "The primary entity, such as video:video_001 (default: the event's own).")
    var subject: String?

    @Option(name: .long, help: "When it happened: ISO 8601, 'YYYY-MM-DD HH:MM:SS' or Unix seconds (default: now).")
    var time: String?

    @Option(name: .long, help: ArgumentHelp("What it belongs to, such as a run of a pipeline.", valueName: "id"))
    var correlation: String?

    @Option(name: .long, help: ArgumentHelp("The event that led to it.", valueName: "id"))
    var causation: String?

    @Option(name: .long, help: "Who did it.")
    var actor: String?

    @Option(name: .long, help: ArgumentHelp("The version that the subject's stream must have: a number, or none.", valueName: "version"))
    var expect: String?

    func run() throws {
        let event = NewEvent(
            store: options.store, format: output.format, type: type, fields: fields, data: data, id: id, source: source,
            subject: subject, time: time, correlation: correlation, causation: causation, actor: actor, expect: expect)
        try event.append()
    }
}
