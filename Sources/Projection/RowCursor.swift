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

    /// Visits the rows from here on in place, until `body` returns false.
    ///
    /// - Throws: `ProjectionError.damagedRow`.
    @usableFromInline
    func visitViews(_ body: (borrowing RowView) throws -> Bool) throws {
        let columnCount = table.layout.schema.columns.count
        var cells: [RowFormat.Cell] = []
        try visit { row in
            if ShortTypes.areAll(of: row, columnCount) { return try body(RowView(row, columnCount, Span())) }
            guard RowFormat.locate(columnCount, in: row, into: &cells) else { throw table.damage }
            return try body(RowView(row, columnCount, cells.span))
        }
    }

    /// Visits the bytes of the rows from here on, until `body` returns false.
    @usableFromInline
    func visit(_ body: (RawSpan) throws -> Bool) throws {
        guard isWhole, count == 0 else {
            while try withNext(body) == true {}
            return
        }
        var scan = try table.transaction.scan(table.tree)
        while try scan.next(), try body(scan.value) {}
    }

    @usableFromInline
    func begin(_ row: RawSpan, with decoder: inout ColumnCoder) throws { try table.begin(row, with: &decoder) }

    /// Whether all rows are visited in the order of their keys.
    private var isWhole: Bool { cursor != nil && index == nil && prefix.isEmpty && !isBackward }

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
