import EventLog
import JSON
import Projection

/// Reads the events of a log that are to be copied, as they are to be stored.
struct ReplayReader {
    struct Item {
        let position: Position
        let type: String
        let id: String
        let recordedTime: Timestamp
        /// The event, or why it cannot be made.
        let event: Result<CloudEvent, any Error>
        /// It was given the id of the row it made.
        let isPinned: Bool
    }

    struct Batch {
        var items: [Item] = []
        var blobs: Set<BlobHash> = []
        /// The last position looked at.
        var last: Position = 0
    }

    private let source: Store
    private let target: Store
    private let selection: ReplaySelection
    private let map: ReplayMap
    private let upcasts: Bool
    private let keepsRowIDs: Bool
    private var pins: RowIDPins

    /// Data under one commit.
    private static let largestBatch = 32 << 20

    init(_ source: Store, _ target: Store, _ selection: ReplaySelection, _ map: ReplayMap, upcasts: Bool, keepsRowIDs: Bool) {
        self.source = source
        self.target = target
        self.selection = selection
        self.map = map
        self.upcasts = upcasts
        self.keepsRowIDs = keepsRowIDs
        pins = RowIDPins(target.engine)
    }

    /// Reads up to `limit` events to be copied, and counts all that it reads. The snapshot is let go of at the end.
    mutating func read(
        _ range: ClosedRange<Position>, limit: Int, stopsAtRefusal: Bool, _ report: inout ReplayReport
    ) throws -> Batch {
        var batch = Batch()
        var bytes = 0
        let log = try source.log.storage.beginRead()
        defer { log.end() }
        try log.forEach(range) { record in
            batch.last = record.position
            let type = record.type
            report.counts[type, default: .init()].read += 1
            guard selection.includes(record, type: type), let item = item(record, type) else {
                report.counts[type, default: .init()].dropped += 1
                return true
            }
            if case .success(let event) = item.event {
                if event.type != type { report.counts[type]?.newType = event.type }
                Self.findHashes(in: event.data) { if source.blobs.contains($0) { batch.blobs.insert($0) } }
                bytes += event.data.count
            }
            batch.items.append(item)
            if case .failure = item.event, stopsAtRefusal { return false }
            return batch.items.count < limit && bytes < Self.largestBatch
        }
        return batch
    }

    /// nil when the map leaves the event out.
    private mutating func item(_ record: borrowing RecordView, _ type: String) -> Item? {
        var event = record.cloudEvent
        // What stands in where neither sender nor type say a subject is worked out again.
        if event.subject == "type:\(type)" { event.subject = nil }
        var isPinned = false
        func item(_ event: Result<CloudEvent, any Error>) -> Item {
            Item(
                position: record.position, type: type, id: record.id, recordedTime: record.recordedTime, event: event, isPinned: isPinned)
        }
        do {
            if upcasts {
                let (data, version) = try source.engine.upcast(type: type, data: event.data, from: record.schemaVersion)
                event.data = data
                event.schemaVersion = version
            }
            guard var mapped = try map.apply(to: event) else { return nil }
            if keepsRowIDs { isPinned = pin(record.rows, to: &mapped) }
            return item(.success(mapped))
        } catch {
            return item(.failure(error))
        }
    }

    /// Gives an event the id of the one row it made, where its type takes it; false when nothing was changed.
    private mutating func pin(_ rows: [RowReference], to event: inout CloudEvent) -> Bool {
        guard rows.count == 1, let id = Int(rows[0].key),
            let data = pins.data(event.data, ofType: event.type, version: event.schemaVersion ?? .max, id: id)
        else { return false }
        event.data = data
        return true
    }

    /// Finds what may be the hash of a blob: texts of 64 hexadecimal digits.
    private static func findHashes(in data: [UInt8], _ body: (BlobHash) -> Void) {
        guard data.count >= 66 else { return }
        var start = 0
        for place in data.indices {
            let byte = data[place]
            if (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) { continue }
            if place - start == 64, let hash = BlobHash(hex: String(decoding: data[start..<place], as: UTF8.self)) { body(hash) }
            start = place + 1
        }
    }
}
