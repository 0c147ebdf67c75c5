import JSON

/// An event with everything that the log knows of it, as a CloudEvent that another log can take back exactly as it was recorded.
///
/// Besides the attributes of `CloudEvent` its JSON has these extension attributes, all of them text as CloudEvents' JSON format writes it:
///
/// | attribute | what |
/// |---|---|
/// | `position` | where it stands in the log, in digits |
/// | `recordedtime` | when it was recorded, ISO 8601 with microseconds |
/// | `streamversion` | its number within its subject's stream, in digits |
/// | `tags` | the entities beside the subject, as the text of a JSON array; absent where there are none |
/// | `rows` | the rows made under assigned ids, as the text of a JSON array of `table:key`; absent where there are none |
/// | `readablesince` | the oldest schema version whose code may read it, in digits; absent where that is its own |
/// | `recordcrc` | the record's CRC-32C, eight hexadecimal digits: an event that was changed since is noticed |
/// | `rawdata` | base64 of the data's bytes, only where these do not fit a line of NDJSON as they are (line breaks, spaces around) |
///
/// ```json
/// {"specversion":"1.0","id":"t1","source":"s","type":"trend.captured","subject":"trend:1","time":"2026-01-02T03:04:05Z",
///  "datacontenttype":"application/json","position":"1","recordedtime":"2026-01-02T03:04:06.5Z","streamversion":"1",
///  "rows":"[\"trending_topics:1\"]","recordcrc":"8c2f01ab","data":{"topic":"AI art","source":"reddit"}}
/// ```
public struct ExportedEvent: Sendable {
    /// The attributes that a sender's CloudEvent does not have.
    public static let attributes: Set<String> = [
        "position", "recordedtime", "streamversion", "tags", "rows", "readablesince", "recordcrc", "rawdata",
    ]

    /// The event, its subject and time filled in.
    public let event: CloudEvent
    public let position: Position
    public let recordedTime: Timestamp
    public let streamVersion: UInt64
    public let tags: [Tag]
    public let rows: [RowReference]
    /// The oldest schema version whose code may read it, where that is older than its own.
    public let readableSince: Int?
    /// Of the record in the log.
    public let checksum: UInt32

    public init(_ record: borrowing RecordView) {
        event = record.cloudEvent
        position = record.position
        recordedTime = record.recordedTime
        streamVersion = record.streamVersion
        tags = record.tags
        rows = record.rows
        readableSince = record.readableSince == record.schemaVersion ? nil : record.readableSince
        checksum = record.checksum
    }

    /// The record's bytes, as they are in the log.
    ///
    /// - Throws: `ExportedEventError` when they would not have the checksum that the event says.
    public func record() throws -> [UInt8] {
        guard let subject = event.subject, let time = event.time else {
            throw ExportedEventError(position: position, "it has no subject or no time, which every event of a log has")
        }
        // A record's texts may be anything where its checksum was made to fit.
        try event.validate()
        guard Timestamp.range.contains(recordedTime) else {
            throw ExportedEventError(position: position, "it was recorded outside of the years 1 to 9999")
        }
        let staged = StagedEvent(
            position: position, event: event, time: time, recordedTime: recordedTime, subject: try Tag(subject))
        staged.streamVersion = streamVersion
        staged.tags = tags
        staged.rows = rows
        staged.readableSince = readableSince
        try staged.validateLengths()
        let encoder = RecordFormat.Encoder(staged)
        var bytes = [UInt8](repeating: 0, count: encoder.byteCount)
        let found = bytes.withUnsafeMutableBytes { encoder.encode(into: $0) }
        guard found == checksum else {
            throw ExportedEventError(
                position: position,
                "its record would have the checksum \(hexadecimal(found)), and recordcrc says \(hexadecimal(checksum)): "
                    + "an attribute or the data was changed since it was exported")
        }
        return bytes
    }

    /// Writes it as one line of NDJSON, without the line's end.
    public func write(to writer: inout JSONWriter) {
        var event = event
        let raw = event.data
        let fitsALine = Self.fitsALine(raw)
        // Between the tokens of a JSON text a line break is as good as a space, and within a string there is none.
        if !fitsALine { event.data = raw.isEmpty ? Array("null".utf8) : raw.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } }
        event.write(to: &writer) { writer in
            func member(_ name: String, _ value: String) {
                writer.key(name)
                writer.string(value)
            }
            member("position", "\(position)")
            member("recordedtime", recordedTime.iso8601)
            member("streamversion", "\(streamVersion)")
            if !tags.isEmpty { member("tags", Self.array(tags.map(\.text))) }
            if !rows.isEmpty { member("rows", Self.array(rows.map(\.description))) }
            if let readableSince { member("readablesince", "\(readableSince)") }
            member("recordcrc", hexadecimal(checksum))
            if !fitsALine { member("rawdata", Base64.encode(raw)) }
        }
    }

    private static func fitsALine(_ data: [UInt8]) -> Bool {
        guard let first = data.first, let last = data.last, first > 0x20, last > 0x20 else { return false }
        return !data.contains { $0 == 0x0A || $0 == 0x0D }
    }

    private static func array(_ texts: [String]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Why an event cannot be taken back into a log as it was recorded.
public struct ExportedEventError: Refusal, Hashable, CustomStringConvertible {
    /// Nil where the event does not say.
    public let position: Position?
    public let reason: String

    init(position: Position?, _ reason: String) {
        self.position = position
        self.reason = reason
    }

    public var description: String { position.map { "event of position \($0): \(reason)" } ?? reason }
}

/// Eight lower-case digits.
func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
