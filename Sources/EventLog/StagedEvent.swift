/// An event on its way into the log: it has its place and its times, and is not stored yet.
// A class, because as a structure its dozen references were copied at each step: 5 % of an ingest's samples.
public final class StagedEvent {
    public let position: Position
    public let event: CloudEvent
    /// Of the data: the event's own, or what whoever interprets it takes it for.
    public var schemaVersion: Int?
    public let time: Timestamp
    public let recordedTime: Timestamp
    /// The primary entity; whoever interprets the event sets it where the sender did not. Where nobody does it is the type.
    public var subject: Tag {
        get { named ?? Tag(trusted: "type:" + event.type) }
        set { named = newValue }
    }
    private var named: Tag?
    /// Further entities.
    public internal(set) var tags: [Tag] = []
    /// Rows made under an id that was assigned.
    public var rows: [RowReference] = []
    /// Rows that were there and were changed. The log does not keep them: `why` finds them.
    public var changed: [RowReference] = []
    /// Rows that were there and are gone. The log does not keep them either.
    public var removed: [RowReference] = []
    public internal(set) var streamVersion: UInt64 = 0
    /// The oldest schema version whose code may read it, where that is older than its own.
    public var readableSince: Int?
    /// The data as the participant understands it, where it was decoded before.
    public let prepared: (any PreparedData)?

    init(
        position: Position, event: CloudEvent, time: Timestamp, recordedTime: Timestamp, subject: Tag? = nil,
        prepared: (any PreparedData)? = nil
    ) {
        self.position = position
        self.event = event
        schemaVersion = event.schemaVersion
        self.time = time
        self.recordedTime = recordedTime
        named = subject
        self.prepared = prepared
    }

    /// Adds a tag unless it is there, or is the subject.
    public func add(_ tag: Tag) {
        if tag != subject && !tags.contains(tag) { tags.append(tag) }
    }

    /// Names the primary entity where the sender did not.
    public func setSubject(_ tag: Tag) {
        guard event.subject == nil else { return add(tag) }
        subject = tag
        tags.removeAll { $0 == tag }
    }

    var receipt: Receipt {
        Receipt(
            position: position, id: event.id, source: event.source, type: event.type, subject: subject.text, streamVersion: streamVersion,
            time: time, recordedTime: recordedTime, rows: rows, changed: changed, removed: removed, isRepeat: false)
    }
}
