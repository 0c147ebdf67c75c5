/// An event on its way into the log: it has its place and its times, and is not stored yet.
public struct StagedEvent: Sendable {
    public let position: Position
    public var event: CloudEvent
    public let time: Timestamp
    public let recordedTime: Timestamp
    /// The primary entity; whoever interprets the event sets it where the sender did not.
    public var subject: Tag
    /// Further entities.
    public internal(set) var tags: [Tag] = []
    /// Rows made under an id that was assigned.
    public var rows: [RowReference] = []
    /// Rows that were there and were changed, or removed. The log does not keep them: `why` finds them.
    public var changed: [RowReference] = []
    public internal(set) var streamVersion: UInt64 = 0
    /// The oldest schema version whose code may read it, where that is older than its own.
    public var readableSince: Int?

    /// Adds a tag unless it is there, or is the subject.
    public mutating func add(_ tag: Tag) {
        if tag != subject && !tags.contains(tag) { tags.append(tag) }
    }

    /// Names the primary entity where the sender did not.
    public mutating func setSubject(_ tag: Tag) {
        guard event.subject == nil else { return add(tag) }
        subject = tag
        tags.removeAll { $0 == tag }
    }

    var receipt: Receipt {
        Receipt(
            position: position, id: event.id, source: event.source, type: event.type, subject: subject.text, streamVersion: streamVersion,
            time: time, recordedTime: recordedTime, rows: rows, changed: changed, isRepeat: false)
    }
}
