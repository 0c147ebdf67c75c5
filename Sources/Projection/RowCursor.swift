import LMDB

/// Some rows of a table in a snapshot, one after the other.
///
/// ```swift
/// let rows = try reader.rows()
/// while let values = try rows.next() { print(values) }
/// ```
public final class RowCursor {
    private let table: TableReader
    /// Along a tree, as long as its keys begin with `prefix`; nil for `keys`.
    private let cursor: Cursor?
    /// Whose tree it is, by its place among the table's; nil for the table's own.
    private let index: Int?
    private let prefix: [UInt8]
    private let isBackward: Bool
    /// Of the rows, where they are known.
    private let keys: [[UInt8]]
    /// Entries visited.
    private var count = 0
    /// The cells of the row that is looked at.
    private var cells: [RowFormat.Cell] = []

    init(_ table: TableReader, keys: [[UInt8]]) {
        self.table = table
        self.keys = keys
        cursor = nil
        index = nil
        prefix = []
        isBackward = false
    }

    /// - Parameter index: its place among the table's; nil for the primary key.
    init(_ table: TableReader, index: Int?, prefix: [UInt8], isBackward: Bool = false) throws {
        self.table = table
        self.index = index
        self.prefix = prefix
        self.isBackward = isBackward
        cursor = try table.transaction.cursor(index.map(table.indexTree) ?? table.tree)
        keys = []
    }

    /// The values of the next row, one a column; nil after the last.
    ///
    /// - Throws: `ProjectionError.damagedRow`.
    public func next() throws -> [SQLValue]? {
        try withNext { row in
            try locate(row)
            return cells.map { RowFormat.value($0, in: row) }
        }
    }

    /// Visits the next row in place; nil after the last.
    ///
    /// - Throws: `ProjectionError.damagedRow`.
    @usableFromInline
    func visitNext(_ body: (borrowing RowView) throws -> Bool) throws -> Bool? {
        try withNext { row in
            try locate(row)
            // In a local variable: `body` may have another row of this very cursor visited.
            let cells = cells
            return try body(RowView(row, cells.span))
        }
    }

    /// Has the next row decoded; false after the last.
    @usableFromInline
    func next(into decoder: inout ColumnCoder) throws -> Bool {
        try withNext { try table.begin($0, with: &decoder) } != nil
    }

    private func locate(_ row: RawSpan) throws {
        guard RowFormat.locate(table.layout.schema.columns.count, in: row, into: &cells) else { throw table.damage }
    }

    private func withNext<T>(_ body: (RawSpan) throws -> T) throws -> T? {
        guard let cursor else { return try withNextKnown(body) }
        guard try moveToNext(cursor) else { return nil }
        guard let index else { return try body(cursor.value) }
        guard let result = try table.withRow(ofEntryAt: cursor, inIndex: index, body) else { throw table.damage }
        return result
    }

    private func withNextKnown<T>(_ body: (RawSpan) throws -> T) throws -> T? {
        while count < keys.count {
            let key = keys[count]
            count += 1
            if let result = try table.withRow(key.span.bytes, body) { return result }
        }
        return nil
    }

    private func moveToNext(_ cursor: Cursor) throws -> Bool {
        defer { count += 1 }
        let isThere: Bool
        if count > 0 {
            isThere = try cursor.move(isBackward ? .previous : .next)
        } else if !isBackward {
            isThere = try cursor.seek(prefix)
        } else {
            // 0xFF behind components is behind every key that begins with them.
            isThere = try !prefix.isEmpty && cursor.seek(prefix + [0xFF]) ? cursor.move(.previous) : cursor.move(.last)
        }
        return isThere && cursor.key.starts(with: prefix)
    }
}
