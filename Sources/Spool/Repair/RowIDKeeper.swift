import EventLog
import Projection

/// Keeps the ids of rows where events that made some of them are lost.
///
/// A row's id is one more than that of the row before it, so that after a lost event every later row would get another one, and later events
/// would name the wrong rows. The first event behind a gap is therefore given the `id` of the row it made, where its type takes one. A gap is
/// also behind an event that is there and is not applied, since it names something lost.
struct RowIDKeeper {
    private var pins: RowIDPins
    private let refused: Set<Position>
    /// By table: the last id that will be assigned.
    private var last: [String: Int] = [:]

    /// - Parameter refused: events that make no rows any more.
    init(_ engine: Engine, refused: Set<Position>) {
        pins = RowIDPins(engine)
        self.refused = refused
    }

    /// The data with the id in it; nil when the event stays as it is.
    ///
    /// - Parameter isBehindLoss: whether an event before it is lost.
    mutating func data(of record: borrowing RecordView, isBehindLoss: Bool) -> [UInt8]? {
        guard !refused.contains(record.position) else { return nil }
        let rows = record.rows.compactMap { row in Int(row.key).map { (table: row.table, id: $0) } }
        let isExpected = rows.allSatisfy { $0.id == last[$0.table, default: 0] + 1 }
        var pinned: [UInt8]?
        if isBehindLoss, !isExpected, rows.count == 1 {
            pinned = pins.data(record.data, ofType: record.type, version: record.schemaVersion, id: rows[0].id)
        }
        for row in rows {
            // One that cannot be pinned gets the next id, and the gap is still there.
            last[row.table] = isBehindLoss && !isExpected && pinned == nil ? last[row.table, default: 0] + 1 : row.id
        }
        return pinned
    }
}
