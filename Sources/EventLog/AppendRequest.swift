/// Events to be stored together or not at all.
public struct AppendRequest: Sendable {
    public var events: [CloudEvent]
    /// Holds for the stream (the subject) of the events, which is one then.
    public var expected: ExpectedVersion
    /// When another log took the events, of which this one becomes a copy; nil: now. It is kept as far as recorded times may neither go
    /// backwards nor be in the future.
    public var recordedTime: Timestamp?
    /// The data of the first event as the participant understands it, where somebody asked for that before.
    public var prepared: (any PreparedData)?

    public init(
        _ events: [CloudEvent], expected: ExpectedVersion = .any, recordedTime: Timestamp? = nil, prepared: (any PreparedData)? = nil
    ) {
        self.events = events
        self.expected = expected
        self.recordedTime = recordedTime
        self.prepared = prepared
    }
}
