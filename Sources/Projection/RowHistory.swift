import EventLog
import LMDB

/// What an event did to one row.
public struct RowChange: Sendable {
    public let position: Position
    public let time: Timestamp
    public let type: String
    public let kind: Kind
    /// The columns that changed; all of them when the row was made or removed.
    public let columns: [ColumnChange]

    public enum Kind: String, Sendable {
        case made, changed, removed
    }

    public struct ColumnChange: Sendable, Hashable {
        public let column: String
        /// nil where there was, or is, no row.
        public let before: SQLValue?
        public let after: SQLValue?
    }
}

extension Engine {
    /// The events that made a row what it is, or was, each with the columns it changed.
    ///
    /// Only the events whose tags reach the row are replayed; where that does not lead to the row as it stands, all events of its domain are.
    ///
    /// - Parameters:
    ///   - table: the table's name.
    ///   - key: the primary key's columns in order, as text.
    /// - Throws: `ProjectionError` for an unknown table or a key that does not fit.
    public func why(_ table: String, key: [String]) throws -> [RowChange] {
        guard let projection = projections.first(where: { $0.projector.tables.contains { $0.schema.name == table } }),
            let schema = projection.projector.tables.map(\.schema).first(where: { $0.name == table })
        else { throw ProjectionError.unknownTable(table) }
        let keyBytes = try schema.key(parsing: key)
        let snapshot = try snapshot(of: [projection.name])
        defer { snapshot.end() }
        let reader = try snapshot.projection(projection.name)
        let current = try reader.table(table).row(keyBytes)
        if let tags = try tags(reaching: current, key: key, schema, reader) {
            var positions: Set<Position> = []
            for tag in tags {
                try snapshot.log.index.forEachPosition(ofTag: tag.text, in: 1...max(1, snapshot.position), backward: false) { position in
                    positions.insert(position)
                    return true
                }
            }
            var sorted = positions.sorted().makeIterator()
            let (changes, row) = try replay({ sorted.next() }, of: snapshot.log.log, projection, table, keyBytes)
            if row == current, !changes.isEmpty { return changes }
        }
        let range = snapshot.position > 0 ? 1...snapshot.position : nil
        var all = try MergedPositions(types: projection.projector.types, in: range, snapshot.log.index)
        return try replay({ try all.next() }, of: snapshot.log.log, projection, table, keyBytes).changes
    }

    /// Tags that every event carries which concerns the row: its own, else those of the rows it refers to. nil when nothing is known of it.
    private func tags(reaching row: [UInt8]?, key: [String], _ schema: TableSchema, _ reader: ProjectionReader) throws -> [Tag]? {
        if let row, let tag = schema.tag(of: row) { return [tag] }
        if let entity = schema.entity, schema.key == [entity.place] { return [Tag(entity: entity.name, key: key[0])] }
        guard let row else { return nil }
        var cells: [RowFormat.Cell] = []
        guard RowFormat.locate(schema.columns.count, in: row.span.bytes, into: &cells) else { return nil }
        let tags = try schema.references.compactMap { reference -> Tag? in
            let value = RowFormat.value(cells[reference.place], in: row.span.bytes)
            guard value != .null else { return nil }
            let parent = try reader.table(reference.table)
            let named = reference.column.flatMap { parent.schema.place(of: $0) } ?? parent.schema.key[0]
            if let entity = parent.schema.entity, entity.place == named { return Tag(entity: entity.name, key: value.plainText) }
            guard reference.column == nil else { return nil }
            return try parent.row(OrderedKey([value]).bytes.asKey).flatMap { parent.schema.tag(of: $0) }
        }
        return tags.isEmpty ? nil : tags
    }

    /// Applies the events at some positions to empty tables, watching one row; nothing is kept.
    private func replay(
        _ next: () throws -> Position?, of log: any LogReader, _ projection: Projection, _ table: String, _ key: [UInt8]
    ) throws -> (changes: [RowChange], row: [UInt8]?) {
        let build = try projection.makeBuildFolder()
        defer { build.remove() }
        let scratch = projection.instance(in: build)
        var session = try scratch.beginWrite()
        defer { session.end() }
        var buffer = try session.views.buffer(table)
        try session.insertInitialRows()
        var changes: [RowChange] = []
        var row = try buffer.row(key)
        var reached = Checkpoint.start
        while let position = try next() {
            if session.isLarge {
                try session.commit(reached)
                session.end()
                session = try scratch.beginWrite()
                buffer = try session.views.buffer(table)
            }
            try log.event(at: position) { record in
                reached = Checkpoint(position: record.position, checksum: record.checksum)
                // Alone, the event would be given other ids than it was given among all.
                try session.views.expectKeys(record.rows)
                try session.apply(record)
                let after = try buffer.row(key)
                if let change = RowChange(record, from: row, to: after, buffer.schema) { changes.append(change) }
                row = after
            }
        }
        return (changes, row)
    }
}

extension RowChange {
    /// nil when nothing changed.
    fileprivate init?(_ record: borrowing RecordView, from before: [UInt8]?, to after: [UInt8]?, _ schema: TableSchema) {
        guard before != after else { return nil }
        let old = before.map { schema.values(of: $0) }
        let new = after.map { schema.values(of: $0) }
        position = record.position
        time = record.time
        type = record.type
        kind = before == nil ? .made : after == nil ? .removed : .changed
        columns = schema.columns.indices.compactMap { place in
            let change = ColumnChange(column: schema.columns[place].name, before: old?[place], after: new?[place])
            return change.before == change.after ? nil : change
        }
    }
}
