import EventLog
import JSON

/// Decodes a projector's events one after another, each in the memory of the one before.
struct EventDecoder {
    private let handlers: [On]
    private let types: EventTypes
    private var parser = JSONParser()
    private var data: [UInt8] = []

    init(_ projector: Projector) {
        handlers = projector.handlers
        types = EventTypes(handlers.map(\.type))
    }

    /// An event that some handler takes, decoded; nil for others.
    mutating func item(of record: borrowing RecordView) -> DecodeAhead.Item? {
        guard let place = types.place(of: record) else { return nil }
        return item(of: record, handlers[place])
    }

    private mutating func item(of record: borrowing RecordView, _ handler: On) -> DecodeAhead.Item {
        let place = EventPlace(
            position: record.position, time: record.time, recordedTime: record.recordedTime, schemaVersion: record.schemaVersion,
            readableSince: record.readableSince)
        record.copyData(into: &data)
        return DecodeAhead.Item(
            place: place, checksum: record.checksum, type: handler.type,
            prepared: Result { try handler.decodeForReplay(data, place, &parser) })
    }
}
