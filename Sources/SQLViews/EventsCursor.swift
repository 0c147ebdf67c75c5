import EventLog
import JSON
import Projection

/// Goes through events by position. A record is read, and checked, only when a column other than its position is asked for.
final class EventsCursor: VirtualCursor {
    private enum Walk {
        /// Positions have no gaps.
        case positions(next: Position, last: Position)
        case index(PositionCursor)
        case list([Position], next: Int)
    }

    private let table: EventsTable
    private let log: LogSnapshot
    private var walk = Walk.list([], next: 0)
    private var isBackward = false
    private(set) var isAtEnd = true
    private var position: Position = 0
    private var askedTag: String?
    /// The current record, once it was read. The room is used again for the next.
    private var record: [UInt8] = []
    private var recordPosition: Position = 0

    init(_ table: EventsTable, _ log: LogSnapshot) {
        self.table = table
        self.log = log
    }

    func filter(_ number: Int, _ arguments: ArgumentList) throws {
        isAtEnd = true
        guard let plan = table.plan(number) else { throw ProjectionError.notSettled }
        let search = try EventSearch(plan, arguments, log)
        if search.isEmpty { return }
        isBackward = plan.isBackward
        askedTag = search.tag
        let range = search.low...search.high
        if let tag = search.tag ?? search.subject {
            walk = .index(try log.index.positions(ofTag: tag, in: range, backward: isBackward))
        } else if let id = search.id {
            var positions = try log.index.positions(ofID: id)
            if let source = search.source { positions = try log.index.position(ofID: id, source: source).map { [$0] } ?? [] }
            positions = positions.filter(range.contains)
            walk = .list(isBackward ? positions.reversed() : positions, next: 0)
        } else if let type = search.type {
            walk = .index(try log.index.positions(ofType: type, in: range, backward: isBackward))
        } else {
            walk = isBackward ? .positions(next: search.high, last: search.low) : .positions(next: search.low, last: search.high)
        }
        try next()
    }

    func next() throws {
        switch walk {
        case .positions(let next, let last):
            isAtEnd = isBackward ? next < last : next > last
            // Before position 1 there is 0, and nothing below it to step to.
            guard !isAtEnd else { return }
            position = next
            walk = .positions(next: isBackward ? next - 1 : next + 1, last: last)
        case .index(let positions):
            let next = try positions.next()
            isAtEnd = next == nil
            position = next ?? 0
        case .list(let positions, let next):
            isAtEnd = next >= positions.count
            guard !isAtEnd else { return }
            position = positions[next]
            walk = .list(positions, next: next + 1)
        }
    }

    func rowID() throws -> Int64 { Int64(clamping: position) }

    func column(_ place: Int, to result: ColumnResult) throws {
        switch EventColumn(rawValue: place) {
        case .position?: result.set(Int64(clamping: position))
        case .tag?:
            guard let askedTag else {
                throw QueryError(
                    .invalid,
                    "events.tag can only be compared with a value, as in WHERE tag = 'image:42'. All tags of an event are in tags.")
            }
            result.set(askedTag)
        case let column?: try set(column, to: result)
        case nil: result.setNull()
        }
    }

    private func set(_ column: EventColumn, to result: ColumnResult) throws {
        try readRecord()
        let bytes = record
        guard let event = RecordView(checked: bytes.span.bytes, at: position) else { throw missing }
        switch column {
        case .id: result.set(event.id)
        case .source: result.set(event.source)
        case .type: result.set(event.type)
        case .subject: result.set(event.subject)
        case .streamVersion: result.set(Int64(clamping: event.streamVersion))
        case .time: result.set(event.time.iso8601)
        case .recordedTime: result.set(event.recordedTime.iso8601)
        case .tags: result.set(Self.json(event.subject, event.tags))
        case .correlationID: result.set(event.correlationID)
        case .causationID: result.set(event.causationID)
        case .actor: result.set(event.actor)
        case .schemaVersion: result.set(Int64(event.schemaVersion))
        case .data: event.withData { result.setCopy(ofText: $0) }
        case .position, .tag: break
        }
    }

    /// Copies the record once for all its columns: the log hands it out for the length of a call only.
    private func readRecord() throws {
        if recordPosition == position { return }
        recordPosition = 0
        guard try log.log.event(at: position, { $0.copyBytes(into: &record) }) != nil else { throw missing }
        recordPosition = position
    }

    private var missing: QueryError {
        QueryError(.failed, "the log has no record at position \(position). Run `spool verify`.")
    }

    private static func json(_ subject: String, _ tags: [Tag]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(subject)
        for tag in tags { writer.string(tag.text) }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
