import EventLog
import JSON
import Spool

/// What `spool append` is given.
struct NewEvent {
    var store: String?
    var format = OutputFormat.table
    var type = ""
    var fields: [String] = []
    var data: String?
    var id: String?
    var source = "spool"
    var subject: String?
    var time: String?
    var correlation: String?
    var causation: String?
    var actor: String?
    var expect: String?

    /// Open until the process ends.
    nonisolated(unsafe) private static var opened: Store?

    /// Stores it and prints the receipt.
    func append() throws {
        let event = CloudEvent(
            id: id, source: source, type: type, subject: subject, time: try time.map { try Moment.time("time", $0) },
            correlationID: correlation,
            causationID: causation, actor: actor, data: try object())
        let receipt = try receipt(of: event)
        Standard.output.whenLost = " The event is stored all the same, at position \(receipt.position)."
        if format == .table {
            say(
                "\(receipt.isRepeat ? "repeated" : "stored") at position \(receipt.position): \(receipt.type), "
                    + "\(receipt.subject) version \(receipt.streamVersion)")
            for row in receipt.rows { say("  made \(row.table) row \(row.key)") }
            for row in receipt.changed { say("  changed \(row.table) row \(row.key)") }
            for row in receipt.removed { say("  removed \(row.table) row \(row.key)") }
        } else {
            var printer = format.printer([
                "position", "id", "source", "type", "subject", "stream_version", "time", "recorded_time", "rows", "changed", "removed",
                "repeat",
            ])
            printer.print([
                [
                    .integer(Int64(receipt.position)), .text(receipt.id), .text(receipt.source), .text(receipt.type),
                    .text(receipt.subject), .integer(Int64(clamping: receipt.streamVersion)), .text(receipt.time.iso8601),
                    .text(receipt.recordedTime.iso8601), .text(receipt.rows.map(\.description).joined(separator: " ")),
                    .text(receipt.changed.map(\.description).joined(separator: " ")),
                    .text(receipt.removed.map(\.description).joined(separator: " ")),
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

    /// A field that is missing may be there under another name.
    private struct MissingField: Refusal, CustomStringConvertible {
        let error: JSONError
        let unknown: [(name: String, nearest: String?)]

        var description: String {
            let hints = unknown.map { ". There is no field '\($0)'\($1.map { "; the nearest is \($0)" } ?? "")" }
            return "\(error)\(hints.joined())"
        }
    }

    private func unknownFields(_ store: Store, _ data: [UInt8]) -> [(name: String, nearest: String?)] {
        let known = store.engine.fields(of: type).map(\.name)
        guard !known.isEmpty, let object = try? JSONDocument(parsing: data).root.members else { return [] }
        return object.map(\.key).filter { !known.contains($0) }.prefix(5).map { ($0, JSONNameDistance.nearest(to: $0, in: known)) }
    }

    private func receipt(of event: CloudEvent) throws -> Receipt {
        let expected = try expectedVersion()
        let store = try Store(at: StoreOptions.path(store))
        Self.opened = store
        defer { Store.leaveAll() }
        do {
            return try store.append(event, expected: expected)
        } catch let error as JSONError {
            if error.kind == .missingField { throw MissingField(error: error, unknown: unknownFields(store, event.data)) }
            guard error.kind == .wrongType, fields.contains(where: { $0.hasPrefix("\(error.path)=") }) else { throw error }
            throw NotText(error: error, field: error.path)
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
