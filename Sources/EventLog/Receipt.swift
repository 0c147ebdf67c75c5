/// What the log says of an event it has stored.
public struct Receipt: Sendable, Hashable {
    public let position: Position
    public let id: String
    public let source: String
    public let type: String
    public let subject: String
    /// The event's number within its subject's stream, from 1.
    public let streamVersion: UInt64
    public let time: Timestamp
    public let recordedTime: Timestamp
    /// The rows that the event made under an id which the log assigned.
    public let rows: [RowReference]
    /// The rows that were there and that the event changed. None are told of a repeat, since the log keeps what was made, nor by bulk loads.
    public let changed: [RowReference]
    /// The rows that were there and that the event removed, without those that this cascades to; told when `changed` is.
    public let removed: [RowReference]
    /// Whether the event had been stored before: an exact repeat gets its first receipt.
    public let isRepeat: Bool
}
