import EventLog

/// An event with its place and times, as a projector sees it. The event's own fields are there directly: `event.videoID`.
@dynamicMemberLookup
public struct Recorded<E: Event>: Sendable {
    public let data: E
    public let position: Position
    /// When it happened.
    public let time: Timestamp
    /// When the log took it; what `created_at` columns show.
    public let recordedTime: Timestamp

    @inlinable
    init(_ data: E, _ place: EventPlace) {
        self.data = data
        position = place.position
        time = place.time
        recordedTime = place.recordedTime
    }

    public subscript<Value>(dynamicMember field: KeyPath<E, Value>) -> Value { data[keyPath: field] }
}

/// What goes with an event's data.
@usableFromInline
struct EventPlace: Sendable {
    @usableFromInline let position: Position
    @usableFromInline let time: Timestamp
    @usableFromInline let recordedTime: Timestamp
    let schemaVersion: Int
    let readableSince: Int
}
