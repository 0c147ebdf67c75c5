/// Which events to read: all conditions hold, empty ones hold for every event.
///
/// ```swift
/// EventFilter(tags: ["video:video_001"], types: ["image.used"], backward: true, limit: 10)
/// ```
public struct EventFilter: Sendable {
    /// Every one of these tags (the subject is one).
    public var tags: [String]
    /// Any one of these types.
    public var types: [String]
    /// Positions, both ends included.
    public var positions: ClosedRange<Position>
    /// Event time at or after, and before.
    public var since: Timestamp?
    public var until: Timestamp?
    public var source: String?
    /// Newest first.
    public var backward: Bool
    public var limit: Int

    public init(
        tags: [String] = [], types: [String] = [], positions: ClosedRange<Position> = 1...(.max), since: Timestamp? = nil,
        until: Timestamp? = nil, source: String? = nil, backward: Bool = false, limit: Int = .max
    ) {
        self.tags = tags
        self.types = types
        self.positions = positions
        self.since = since
        self.until = until
        self.source = source
        self.backward = backward
        self.limit = limit
    }

    /// The conditions that the index does not answer by itself.
    func matches(_ record: borrowing RecordView) -> Bool {
        if let since, record.time < since { return false }
        if let until, record.time >= until { return false }
        if let source, record.source != source { return false }
        if tags.count > 1 {
            let subject = record.subject
            let others = record.tags
            guard tags.allSatisfy({ tag in tag == subject || others.contains { $0.text == tag } }) else { return false }
        }
        if !types.isEmpty, !tags.isEmpty {
            let type = record.type
            guard types.contains(type) else { return false }
        }
        return true
    }
}
