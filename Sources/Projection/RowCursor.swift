import LMDB

/// The rows of a table in a snapshot, one after the other.
///
/// ```swift
/// let rows = try reader.rows()
/// while let values = try rows.next() { print(values) }
/// ```
public final class RowCursor {
    private let cursor: Cursor
    private let schema: TableSchema
    private var cells: [RowFormat.Cell] = []
    private var isStarted = false

    init(_ cursor: Cursor, _ schema: TableSchema) {
        self.cursor = cursor
        self.schema = schema
    }

    /// The values of the next row, one a column; nil after the last.
    ///
    /// - Throws: `ProjectionError.damagedRow`.
    public func next() throws -> [SQLValue]? {
        let cursor = cursor
        guard try cursor.move(isStarted ? .next : .first) else { return nil }
        isStarted = true
        let row = cursor.value
        guard RowFormat.locate(schema.columns.count, in: row, into: &cells) else {
            throw ProjectionError.damagedRow(table: schema.name)
        }
        return cells.map { RowFormat.value($0, in: row) }
    }
}
