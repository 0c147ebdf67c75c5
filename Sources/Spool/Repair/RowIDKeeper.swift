import EventLog
import JSON
import Projection

/// Keeps the ids of rows where events that made some of them are lost.
///
/// A row's id is one more than that of the row before it, so that after a lost event every later row would get another one, and later events
/// would name the wrong rows. The first event behind a gap is therefore given the `id` of the row it made, where its type takes one.
struct RowIDKeeper {
    private let engine: Engine
    /// By table: the last id assigned.
    private var last: [String: Int] = [:]
    private var takesID: [String: Bool] = [:]

    init(_ engine: Engine) { self.engine = engine }

    /// The data with the id in it; nil when the event stays as it is.
    ///
    /// - Parameter isBehindLoss: whether an event before it is lost.
    mutating func data(of record: borrowing RecordView, isBehindLoss: Bool) -> [UInt8]? {
        let rows = record.rows
        var isExpected = true
        for row in rows {
            guard let id = Int(row.key) else { continue }
            isExpected = isExpected && id == last[row.table, default: 0] + 1
            last[row.table] = id
        }
        guard isBehindLoss, !isExpected, rows.count == 1, let id = Int(rows[0].key),
            var object = try? JSONObject(parsing: record.data), object["id"] == nil
        else { return nil }
        object["id"] = .int(id)
        let data = object.bytes
        let type = record.type
        let takes = takesID[type] ?? isValid(type, data, record.schemaVersion)
        takesID[type] = takes
        return takes ? data : nil
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
