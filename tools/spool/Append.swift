import ArgumentParser
import EventLog
import JSON
import Spool

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

            The receipt names the rows that the event made under an id of their own, and those that were there and changed. The same --source
            and --id again stores nothing and prints the first receipt, with the rows made.
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
        let event = CloudEvent(
            id: id, source: source, type: type, subject: subject, time: try parsedTime(), correlationID: correlation,
            causationID: causation, actor: actor, data: try object())
        let receipt = try append(event)
        if output.format == .table {
            say(
                "\(receipt.isRepeat ? "repeated" : "stored") at position \(receipt.position): \(receipt.type), "
                    + "\(receipt.subject) version \(receipt.streamVersion)")
            for row in receipt.rows { say("  made \(row.table) row \(row.key)") }
            for row in receipt.changed { say("  changed \(row.table) row \(row.key)") }
        } else {
            var printer = output.printer([
                "position", "id", "source", "type", "subject", "stream_version", "time", "recorded_time", "rows", "changed", "repeat",
            ])
            printer.print([
                [
                    .integer(Int64(receipt.position)), .text(receipt.id), .text(receipt.source), .text(receipt.type),
                    .text(receipt.subject), .integer(Int64(receipt.streamVersion)), .text(receipt.time.iso8601),
                    .text(receipt.recordedTime.iso8601), .text(receipt.rows.map(\.description).joined(separator: " ")),
                    .text(receipt.changed.map(\.description).joined(separator: " ")),
                    .integer(receipt.isRepeat ? 1 : 0),
                ]
            ])
        }
    }

    /// What the store refuses because it was sent as text, it might take as JSON.
    private struct NotText: Refusal, CustomStringConvertible {
        let error: JSONError
        let field: String

        var description: String { "\(error). \(field)=… is text; say \(field):=… for a number, true, false, null or any JSON" }
    }

    private func append(_ event: CloudEvent) throws -> Receipt {
        let expected = try expectedVersion()
        let store = try options.open()
        do {
            return try store.append(event, expected: expected)
        } catch let error as JSONError {
            guard error.kind == .wrongType, fields.contains(where: { $0.hasPrefix("\(error.path)=") }) else { throw error }
            throw NotText(error: error, field: error.path)
        }
    }

    private func parsedTime() throws -> Timestamp? {
        do {
            return try time.map { text throws in try Timestamp(parsing: text) }
        } catch {
            throw WrongUse("--time: \(error)")
        }
    }

    private func expectedVersion() throws -> ExpectedVersion {
        guard let expect else { return .any }
        if expect == "none" { return .none }
        guard let version = UInt64(expect) else { throw WrongUse("--expect: expected a version number or none, found '\(expect)'") }
        return version == 0 ? .none : .exact(version)
    }

    private func object() throws -> [UInt8] {
        if let data {
            guard fields.isEmpty else { throw WrongUse("--data is the whole object: leave out '\(fields[0])'") }
            return Array(data.utf8)
        }
        var writer = JSONWriter()
        writer.beginObject()
        var seen: Set<String> = []
        for field in fields {
            let (key, value) = try KeyValue.parse(field)
            guard seen.insert(key).inserted else { throw WrongUse("field '\(key)' is given twice") }
            writer.key(key)
            switch value {
            case .text(let text): writer.string(text)
            case .json(let json): writer.raw(json)
            }
        }
        writer.endObject()
        return writer.bytes
    }
}
