import EventLog
import LMDB
import Projection
import Spool

extension Importer {
    /// Compares every old table with Spool's, row for row and column for column, after an import.
    ///
    /// It reads the old values again and does not look at the events that they became. Columns that an old table lacks are not compared.
    public func verify(progress: (Progress) -> Void = { _ in }) throws -> [TableComparison] {
        let snapshot = try store.engine.snapshot(of: Set(tables.map(\.legacy.projection)))
        defer { snapshot.end() }
        let total = rowCounts.reduce(0, +)
        var looked = 0
        return try tables.map { table in
            let reader = try snapshot.projection(table.legacy.projection).table(table.name)
            return try compare(table, reader, ImportHistory(snapshot: snapshot, source: system.eventSource)) {
                looked += 1
                if looked.isMultiple(of: 1_000) { progress(Progress(rows: looked, total: total)) }
            }
        }
    }

    private func compare(
        _ table: OldTable, _ reader: TableReader, _ history: ImportHistory, row: () -> Void
    ) throws -> TableComparison {
        var result = TableComparison(table: table.name)
        let rejected = rejectedKeys[table.name] ?? []
        var rejectedCount = 0
        let rows = try MergedRows([table])
        while let old = try rows.next() {
            row()
            guard let key = table.key(of: old.cells) else {
                result.rejected += 1
                continue
            }
            if let difference = try difference(table, old, try reader.row(key)) {
                if rejected.contains(key) { rejectedCount += 1 } else { result.differs(difference) }
            } else {
                result.equal += 1
            }
        }
        result.rejected += rejectedCount
        try findRowsOfTheStore(table, reader, history, &result)
        return result
    }

    private func difference(_ table: OldTable, _ old: OldRow, _ bytes: [UInt8]?) throws -> TableComparison.Difference? {
        let key = table.keyText(of: old.cells)
        guard let bytes else { return .init(key: key, column: nil, old: .text(key), new: nil) }
        let values = table.schema.values(of: bytes)
        for (place, column) in table.schema.columns.enumerated() {
            guard let own = table.places[place] else { continue }
            let value = try column.isBlobHash ? content(of: values[place]) : values[place]
            guard table.isSame(old.cells[own], value, column) else {
                return .init(key: key, column: column.name, old: old.cells[own], new: value)
            }
        }
        return nil
    }

    private func content(of value: SQLValue) throws -> SQLValue {
        guard let hash = BlobHash(sqlValue: value), store.blobs.contains(hash) else { return .null }
        return .blob(try store.blobs.read(hash))
    }

    /// A row that came from an import and is in the old table no more should be gone.
    private func findRowsOfTheStore(
        _ table: OldTable, _ reader: TableReader, _ history: ImportHistory, _ result: inout TableComparison
    ) throws {
        let cursor = try reader.transaction.cursor(reader.tree)
        var found = try cursor.move(.first)
        while found {
            let row = cursor.value.array
            let values = table.schema.values(of: row)
            if try !table.hasRow(key: table.schema.key.map { values[$0] }) {
                var isNever = false
                if case .never = table.legacy.removal { isNever = true }
                if !isNever, try history.removalID(of: row, in: table.legacy) != nil {
                    result.differs(.init(key: table.schema.keyText(of: row), column: nil, old: nil, new: .null))
                } else {
                    result.own += 1
                }
            }
            found = try cursor.move(.next)
        }
    }
}

extension OldTable {
    /// Whether an old value is the one in a view.
    func isSame(_ old: SQLValue, _ new: SQLValue, _ column: Column) -> Bool {
        if RowConversion.isSame(old, new) { return true }
        // An export spells a number or bytes in its own way.
        guard database.isText, column.type != .text else { return false }
        return RowConversion.convert(old, to: column, isText: true) == new
    }
}
