import EventLog
import LMDB
import Projection

/// What the store knows of earlier imports, which decides what a row of an old database is now.
///
/// The ids of events are made of table, key and content, with the system as their source:
///
/// - `trending_topics:5` is the first import of the row;
/// - `trending_topics:5:9f3c…` another content that it had later, by its hash;
/// - `trending_topics:5:-` that it was gone;
/// - `…#2`, `#3` the same once more.
///
/// A row that was changed in Spool after its import stays as Spool has it until the old database changes it too.
struct ImportHistory {
    enum Verdict {
        /// The row is in the store, or was, and the old database has not changed it since.
        case known
        case new(id: String)
        case changed(id: String)
        case refused(String)
    }

    let snapshot: StoreSnapshot
    let source: String

    func verdict(of candidate: Candidate, in reader: TableReader) throws -> Verdict {
        let current = try reader.row(candidate.key)
        if current == candidate.bytes { return .known }
        let table = candidate.table
        let name = Self.name(table, candidate.values)
        guard let first = try position(name) else {
            guard let current, !table.table.initialRowBytes.contains(current) else { return .new(id: name) }
            return .refused("the store has another row with this key, which did not come from this system")
        }
        // Whether this content was imported before, and whether another one was since.
        let next = try last(Self.contentName(name, candidate.bytes))
        let mine = max(next.position ?? 0, try dataIs(candidate.data, at: first) ? first : 0)
        guard mine > 0 else { return .changed(id: next.free) }
        let other: Position
        if let current {
            let values = reader.schema.values(of: current)
            let isFirst = try dataIs(table.data(of: values), at: first)
            other = max(try last(Self.contentName(name, current)).position ?? 0, isFirst ? first : 0)
        } else {
            other = try lastRemoval(of: candidate, name)
        }
        return other > mine ? .changed(id: next.free) : .known
    }

    /// When an import took the row away last: by itself, or with a row that it belonged to.
    private func lastRemoval(of candidate: Candidate, _ name: String) throws -> Position {
        var position = try last("\(name):-").position ?? 0
        for reference in candidate.table.schema.references where reference.column == nil {
            let value = candidate.values[reference.place]
            guard value != .null else { continue }
            position = max(position, try last("\(Self.name(reference.table, key: value.plainText)):-").position ?? 0)
        }
        return position
    }

    /// The id of the event that a row is gone; nil when the row did not come from this system.
    func removalID(of row: [UInt8], in table: LegacyTable) throws -> String? {
        let name = Self.name(table, table.schema.values(of: row))
        guard try position(name) != nil || table.table.initialRowBytes.contains(row) else { return nil }
        return try last("\(name):-").free
    }

    // MARK: Names

    private static func name(_ table: LegacyTable, _ values: [SQLValue]) -> String {
        let key = table.schema.key.map { values[$0].plainText }
        return name(table.name, key: key.count == 1 ? key[0] : "(\(key.joined(separator: ", ")))")
    }

    /// Ids are a line of text of moderate length; other keys go by their hash.
    private static func name(_ table: String, key: String) -> String {
        let isPlain = key.utf8.count <= 200 && !key.isEmpty && !key.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        return "\(table):\(isPlain ? key : "~" + String(Array(key.utf8).hash64, radix: 16))"
    }

    private static func contentName(_ name: String, _ bytes: [UInt8]) -> String { "\(name):\(String(bytes.hash64, radix: 16))" }

    // MARK: Looking up

    private func position(_ id: String) throws -> Position? { try snapshot.log.index.position(ofID: id, source: source) }

    /// The last event of a name, and the next id of it that is free.
    private func last(_ name: String) throws -> (position: Position?, free: String) {
        var found: Position?
        var number = 1
        while true {
            let id = number == 1 ? name : "\(name)#\(number)"
            guard let position = try position(id) else { return (found, id) }
            found = position
            number += 1
        }
    }

    private func dataIs(_ data: [UInt8], at position: Position) throws -> Bool {
        try snapshot.log.log.event(at: position) { $0.data == data } ?? false
    }
}
