import EventLog

/// Decodes a projector's events one after another, each in the memory of the one before.
struct EventDecoder: ~Copyable {
    private let handlers: [On]
    private let types: EventTypes
    private var decoder = PayloadDecoder()

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
        let prepared: Result<AnyPreparedEvent, any Error>
        do {
            prepared = .success(try handler.decodeForReplay(record.dataBytes, place, &decoder))
        } catch {
            prepared = .failure(error)
        }
        return DecodeAhead.Item(place: place, checksum: record.checksum, type: handler.type, prepared: prepared)
    }
}
