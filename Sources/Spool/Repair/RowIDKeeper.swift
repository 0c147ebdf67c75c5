import EventLog
import JSON
import Projection

/// Keeps the ids of rows where events that made some of them are lost.
///
/// A row's id is one more than that of the row before it, so that after a lost event every later row would get another one, and later events
/// would name the wrong rows. The first event behind a gap is therefore given the `id` of the row it made, where its type takes one. A gap is
/// also behind an event that is there and is not applied, since it names something lost.
struct RowIDKeeper {
    private let engine: Engine
    private let refused: Set<Position>
    /// By table: the last id that will be assigned.
    private var last: [String: Int] = [:]
    private var takesID: [String: Bool] = [:]

    /// - Parameter refused: events that make no rows any more.
    init(_ engine: Engine, refused: Set<Position>) {
        self.engine = engine
        self.refused = refused
    }

    /// The data with the id in it; nil when the event stays as it is.
    ///
    /// - Parameter isBehindLoss: whether an event before it is lost.
    mutating func data(of record: borrowing RecordView, isBehindLoss: Bool) -> [UInt8]? {
        guard !refused.contains(record.position) else { return nil }
        let rows = record.rows.compactMap { row in Int(row.key).map { (table: row.table, id: $0) } }
        let isExpected = rows.allSatisfy { $0.id == last[$0.table, default: 0] + 1 }
        let pinned = isBehindLoss && !isExpected && rows.count == 1 ? data(of: record, id: rows[0].id) : nil
        for row in rows {
            // One that cannot be pinned gets the next id, and the gap is still there.
            last[row.table] = isBehindLoss && !isExpected && pinned == nil ? last[row.table, default: 0] + 1 : row.id
        }
        return pinned
    }

    private mutating func data(of record: borrowing RecordView, id: Int) -> [UInt8]? {
        let type = record.type
        guard takesID[type] != false, var object = try? JSONObject(parsing: record.data), object["id"] == nil else { return nil }
        object["id"] = .int(id)
        let data = object.bytes
        if takesID[type] == nil {
            // Data that is not valid without an id either says nothing of the type.
            if isValid(type, data, record.schemaVersion) {
                takesID[type] = true
            } else if isValid(type, record.data, record.schemaVersion) {
                takesID[type] = false
            }
        }
        return takesID[type] == true ? data : nil
    }

    private func isValid(_ type: String, _ data: [UInt8], _ version: Int) -> Bool {
        do {
            try engine.validate(type: type, data: engine.upcast(type: type, data: data, from: version).data)
            return true
        } catch {
            return false
        }
    }
}
