import JSON

extension CloudEvent {
    /// An event in CloudEvents' JSON format, for instance one line of NDJSON.
    ///
    /// - Throws: `JSONError` for text that is not JSON, `AppendError` for attributes that CloudEvents or Spool do not take.
    public init(json: [UInt8]) throws {
        try self.init(json: JSONDocument(parsing: json).root)
    }

    public init(json root: JSONValue) throws { try self.init(json: root, besides: []) }

    /// - Parameter others: attributes that somebody else reads.
    init(json root: JSONValue, besides others: Set<String>) throws {
        guard root.kind == .object else { throw AppendError.invalid(field: "event", "expected a JSON object, found \(root.kind)") }
        var attributes = Attributes()
        for member in root.members where !others.contains(member.key) { try attributes.take(member.key, member.value) }
        guard attributes.specversion == "1.0" else {
            throw AppendError.invalid(
                field: "specversion", "expected \"1.0\", found \(attributes.specversion.map { "'\($0)'" } ?? "nothing")")
        }
        func required(_ name: String, _ value: String?) throws -> String {
            guard let value else { throw AppendError.invalid(field: name, "expected text, found nothing: CloudEvents requires it") }
            return value
        }
        self.init(
            id: try required("id", attributes.id), source: try required("source", attributes.source),
            type: try required("type", attributes.type), subject: attributes.subject, time: attributes.time,
            schemaVersion: attributes.schemaVersion, correlationID: attributes.correlationID, causationID: attributes.causationID,
            actor: attributes.actor, data: attributes.data ?? Array("{}".utf8))
        try validate()
    }

    /// What was found so far of an event's attributes.
    private struct Attributes {
        var specversion: String?
        var id: String?
        var source: String?
        var type: String?
        var subject: String?
        var time: Timestamp?
        var schemaVersion: Int?
        var correlationID: String?
        var causationID: String?
        var actor: String?
        var data: [UInt8]?

        mutating func take(_ name: String, _ value: JSONValue) throws {
            // CloudEvents: an attribute that is null is absent.
            if value.isNull, name != "data" { return }
            switch name {
            case "specversion": specversion = try text(name, value)
            case "id": id = try text(name, value)
            case "source": source = try text(name, value)
            case "type": type = try text(name, value)
            case "subject": subject = try text(name, value)
            case "correlationid": correlationID = try text(name, value)
            case "causationid": causationID = try text(name, value)
            case "actor": actor = try text(name, value)
            case "time": time = try Self.time(value)
            case "schemaversion":
                guard let version = value.int ?? value.string.flatMap({ Int($0) }) else {
                    throw AppendError.invalid(field: name, "expected an integer, found \(value.rawText.prefix(40))")
                }
                schemaVersion = version
            case "data": data = Array(value.rawBytes)
            case "datacontenttype":
                let type = try text(name, value).lowercased()
                guard type == "application/json" || type.hasPrefix("application/json;") || type.hasSuffix("+json") else {
                    throw AppendError.invalid(field: name, "expected application/json, found '\(type.prefix(60))'")
                }
            case "data_base64":
                throw AppendError.invalid(field: name, "events carry JSON data; store bytes as a blob and name its hash")
            default:
                if ExportedEvent.attributes.contains(name) {
                    throw AppendError.invalid(
                        field: name,
                        "only an export of a log has it, which `spool ingest --as-recorded` takes back as it was; a fact has no such attribute"
                    )
                }
                let known = [
                    "specversion", "id", "source", "type", "subject", "time", "data", "datacontenttype", "correlationid", "causationid",
                    "actor", "schemaversion",
                ]
                throw AppendError.invalid(
                    field: String(name.prefix(60)),
                    "not kept by Spool: put it into data. Attributes are \(known.joined(separator: ", "))")
            }
        }

        private func text(_ name: String, _ value: JSONValue) throws -> String {
            guard let text = value.string else {
                throw AppendError.invalid(field: name, "expected text, found \(value.rawText.prefix(40))")
            }
            return text
        }

        private static func time(_ value: JSONValue) throws -> Timestamp {
            do {
                if let text = value.string { return try Timestamp(parsing: text) }
            } catch {
                throw AppendError.invalid(field: "time", error.description)
            }
            guard let seconds = value.double, let time = Timestamp(unixSeconds: seconds) else {
                throw AppendError.invalid(field: "time", "expected a time, found \(value.rawText.prefix(40))")
            }
            return time
        }
    }

    /// Writes the event in CloudEvents' JSON format; `extras` adds members at the end.
    public func write(to writer: inout JSONWriter, extras: (inout JSONWriter) -> Void = { _ in }) {
        writer.beginObject()
        func member(_ name: String, _ value: String?) {
            guard let value else { return }
            writer.key(name)
            writer.string(value)
        }
        member("specversion", "1.0")
        member("id", id)
        member("source", source)
        member("type", type)
        member("subject", subject)
        member("time", time?.iso8601)
        member("datacontenttype", "application/json")
        // A missing one would be taken for whatever version is current where the event goes.
        if let schemaVersion {
            writer.key("schemaversion")
            writer.int(schemaVersion)
        }
        member("correlationid", correlationID)
        member("causationid", causationID)
        member("actor", actor)
        extras(&writer)
        writer.key("data")
        writer.raw(data[...])
        writer.endObject()
    }
}
