import ArgumentParser
import EventLog
import JSON
import Projection
import Spool

/// Which events to show.
struct EventOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Only this type; repeat it for several.", valueName: "type"))
    var type: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only events tagged so; repeat it for events with all of them.", valueName: "tag"))
    var tag: [String] = []

    @Option(name: .customLong("from-source"), help: ArgumentHelp("Only events of this source.", valueName: "source"))
    var source: String?

    @Option(name: .long, help: ArgumentHelp("From this position on.", valueName: "position"))
    var from: Position?

    @Option(name: .long, help: ArgumentHelp("Up to this position.", valueName: "position"))
    var to: Position?

    @Option(name: .long, help: ArgumentHelp("Happened at or after.", valueName: "time"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Happened before.", valueName: "time"))
    var until: String?

    func validate() throws {
        if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to).") }
    }

    /// - Throws: `WrongUse` for what makes no sense, and for a type that there is none of.
    func filter(of store: Store) throws -> EventFilter {
        try KnownNames(store).checkTypes(type)
        return EventFilter(
            tags: tag, types: type, positions: (from ?? 1)...(to ?? .max), since: try since.map { try Moment.time("since", $0) },
            until: try until.map { try Moment.time("until", $0) }, source: source)
    }
}

/// How an event is shown as a row.
enum EventColumns {
    static let names = [
        "position", "time", "type", "subject", "stream_version", "source", "id", "recorded_time", "tags", "correlation_id", "causation_id",
        "actor", "schema_version", "data",
    ]
    /// For people: what matters, the data last.
    static let short = ["position", "time", "type", "subject", "data"]

    static func values(_ record: borrowing RecordView, short: Bool) -> [SQLValue] {
        let data = SQLValue.text(String(decoding: record.data, as: UTF8.self))
        let first: [SQLValue] = [
            .integer(Int64(record.position)), .text(record.time.iso8601), .text(record.type), .text(record.subject),
        ]
        if short { return first + [data] }
        func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
        var tags = JSONWriter()
        tags.beginArray()
        tags.string(record.subject)
        for tag in record.tags { tags.string(tag.text) }
        tags.endArray()
        return first + [
            .integer(Int64(clamping: record.streamVersion)), .text(record.source), .text(record.id), .text(record.recordedTime.iso8601),
            .text(String(decoding: tags.bytes, as: UTF8.self)), optional(record.correlationID), optional(record.causationID),
            optional(record.actor), .integer(Int64(record.schemaVersion)), data,
        ]
    }
}
