/// What stands at the position of a record that was lost, so that every other keeps its own.
public enum LostRecord {
    public static let type = "spool.lost"

    /// The bytes of its record.
    ///
    /// - Parameters:
    ///   - recorded: when the event before it was recorded.
    ///   - number: how many of them there are up to it.
    public static func bytes(at position: Position, recorded: Timestamp, number: UInt64) -> [UInt8] {
        let event = CloudEvent(
            id: "lost-\(position)", source: "spool:repair", type: type, data: Array(#"{"position":\#(position)}"#.utf8))
        let staged = StagedEvent(
            position: position, event: event, time: recorded, recordedTime: recorded, subject: Tag(trusted: "type:\(type)"))
        staged.streamVersion = number
        return staged.recordBytes
    }
}

extension StagedEvent {
    fileprivate var recordBytes: [UInt8] {
        let encoder = RecordFormat.Encoder(self)
        var bytes = [UInt8](repeating: 0, count: encoder.byteCount)
        bytes.withUnsafeMutableBytes { _ = encoder.encode(into: $0) }
        return bytes
    }
}

extension RecordView {
    /// The bytes of the same record with other data.
    public func recordBytes(withData data: [UInt8]) -> [UInt8] {
        var event = cloudEvent
        event.data = data
        let staged = StagedEvent(
            position: position, event: event, time: time, recordedTime: recordedTime, subject: Tag(trusted: subject))
        staged.tags = tags
        staged.rows = rows
        staged.streamVersion = streamVersion
        staged.readableSince = readableSince == schemaVersion ? nil : readableSince
        return staged.recordBytes
    }
}
