import LMDB

extension TableReader {
    /// As of any `RowSource`, but the rows are decoded where the cursor comes by them: without a list of their keys, and each looked up by
    /// its key only where an index leads to it.
    func all<R>(_ table: Table<R>, where values: ColumnValues) throws -> [R] {
        var rows: [R] = []
        guard let path = exactPath(to: values) else {
            return try keys(values).compactMap { try row(table, $0) }
        }
        if values.isEmpty { rows.reserveCapacity(try count()) }
        try forEachRow(path) { row in
            rows.append(try decode(table, row))
            return true
        }
        return rows
    }

    /// As of any `RowSource`; reads no more than that row.
    func first<R>(_ table: Table<R>, where values: ColumnValues) throws -> R? {
        if let (place, entry) = uniqueEntry(values) {
            return try primaryKey(ofUniqueEntry: entry.span.bytes, inIndex: place).flatMap { try row(table, $0) }
        }
        guard let path = exactPath(to: values) else { return try keys(values).first.flatMap { try row(table, $0) } }
        var first: R?
        try forEachRow(path) { row in
            first = try decode(table, row)
            return false
        }
        return first
    }

    private func exactPath(to values: ColumnValues) -> (index: Int?, prefix: [UInt8])? {
        guard let path = path(to: values), path.prefix.count < OrderedKey.greatestExactLength else { return nil }
        return path
    }

    /// Visits the rows whose keys begin so, until `body` returns false.
    private func forEachRow(_ path: (index: Int?, prefix: [UInt8]), _ body: (RawSpan) throws -> Bool) throws {
        let index = path.index.map { schema.indexes[$0] }
        let cursor = try transaction.cursor(path.index.map { indexTrees[$0] } ?? tree)
        var isThere = try cursor.seek(path.prefix)
        while isThere, cursor.key.starts(with: path.prefix) {
            if let index {
                guard let goesOn = try withRow(ofEntryAt: cursor, index, body) else { throw ProjectionError.damagedRow(table: schema.name) }
                if !goesOn { return }
            } else if try !body(cursor.value) {
                return
            }
            isThere = try cursor.move(.next)
        }
    }

    /// nil when the entry names no row.
    private func withRow(ofEntryAt cursor: Cursor, _ index: IndexSchema, _ body: (RawSpan) throws -> Bool) throws -> Bool? {
        if cursor.value.byteCount > 0 { return try withRow(cursor.value, body) }
        let entry = cursor.key
        guard let start = index.primaryKeyStart(inEntry: entry) else { return nil }
        return try withRow(entry.extracting(start..<entry.byteCount), body)
    }
}
