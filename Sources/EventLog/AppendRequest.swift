/// Events to be stored together or not at all.
public struct AppendRequest: Sendable {
    public var events: [CloudEvent]
    /// Holds for the stream (the subject) of the events, which is one then.
    public var expected: ExpectedVersion

    public init(_ events: [CloudEvent], expected: ExpectedVersion = .any) {
        self.events = events
        self.expected = expected
    }
}
