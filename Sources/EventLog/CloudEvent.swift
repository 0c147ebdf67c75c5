import JSON

/// A fact on its way in: a CloudEvents 1.0 event in JSON format, wherever it comes from.
///
/// `data` is kept byte for byte. The extension attributes `correlationid`, `causationid`, `actor` and `schemaversion` are kept beside it.
///
/// ```swift
/// let event = CloudEvent(type: "trend.captured", data: #"{"topic":"AI art","source":"reddit"}"#)
/// ```
public struct CloudEvent: Sendable, Hashable {
    /// With `source`, what makes the event the same event when it is sent again.
    public var id: String
    /// Who reports it: `metrics-scraper`, `import:primetime`.
    public var source: String
    public var type: String
    /// The primary entity; the event type computes it when missing.
    public var subject: String?
    /// When it happened; when missing, the time of recording.
    public var time: Timestamp?
    public var schemaVersion: Int?
    public var correlationID: String?
    public var causationID: String?
    public var actor: String?
    /// One JSON value, as it came in.
    public var data: [UInt8]

    /// - Parameter id: a new UUIDv7 when missing.
    public init(
        id: String? = nil, source: String = "spool", type: String, subject: String? = nil, time: Timestamp? = nil,
        schemaVersion: Int? = nil, correlationID: String? = nil, causationID: String? = nil, actor: String? = nil, data: [UInt8]
    ) {
        self.id = id ?? UUIDv7.make()
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.schemaVersion = schemaVersion
        self.correlationID = correlationID
        self.causationID = causationID
        self.actor = actor
        self.data = data
    }

    public init(type: String, data: String, id: String? = nil, time: Timestamp? = nil) {
        self.init(id: id, type: type, time: time, data: Array(data.utf8))
    }

    /// An event's Swift value, as it is sent.
    ///
    /// ```swift
    /// let event = try CloudEvent(ImageUsed(imageID: 42, videoID: "video_001"), source: "renderer")
    /// ```
    ///
    /// - Parameter id: a new UUIDv7 when missing; the same again, from the same source, is stored once.
    /// - Throws: what the event's `encode(to:)` throws; one that the compiler wrote throws nothing. A number without JSON becomes null.
    public init<E: Event>(
        _ event: E, id: String? = nil, source: String = "spool", time: Timestamp? = nil, correlationID: String? = nil,
        causationID: String? = nil, actor: String? = nil
    ) throws {
        self.init(
            id: id, source: source, type: E.type, time: time, correlationID: correlationID, causationID: causationID, actor: actor,
            data: try JSONEncoding.encode(event))
    }
}
