import LMDB

/// A row in place: what is asked for is read from the snapshot's own memory, and nothing is copied.
///
/// Columns are told by their places in the table's declaration, which `Table.place(of:)` knows.
public struct RowView: ~Escapable {
    @usableFromInline let row: RawSpan
    @usableFromInline let cells: Span<RowFormat.Cell>

    @_lifetime(copy row, copy cells)
    init(_ row: RawSpan, _ cells: Span<RowFormat.Cell>) {
        self.row = row
        self.cells = cells
    }

    @inlinable public var columnCount: Int { cells.count }

    @inlinable
    public func isNull(_ column: Int) -> Bool { cells[column].isNull }

    /// The value of a column of integers; nil where it holds something else.
    @inlinable
    public func integer(_ column: Int) -> Int64? {
        let cell = cells[column]
        return cell.isInteger ? RowFormat.integer(cell, in: row) : nil
    }

    /// The value of a column of reals; nil where it holds something else.
    @inlinable
    public func real(_ column: Int) -> Double? {
        let cell = cells[column]
        return cell.isReal ? RowFormat.real(cell, in: row) : nil
    }

    /// The bytes of a text or a blob; nil where the column holds something else.
    @inlinable
    @_lifetime(copy self)
    public func bytes(_ column: Int) -> RawSpan? {
        let cell = cells[column]
        guard cell.hasBytes else { return nil }
        return row.extracting(cell.offset..<cell.offset + cell.length)
    }

    /// A value, whatever it is.
    @inlinable
    @_lifetime(copy self)
    public func view(_ column: Int) -> ValueView {
        let cell = cells[column]
        if cell.hasBytes {
            let bytes = row.extracting(cell.offset..<cell.offset + cell.length)
            return cell.isText ? .text(bytes) : .blob(bytes)
        }
        if cell.isInteger { return .integer(RowFormat.integer(cell, in: row)) }
        return cell.isReal ? .real(RowFormat.real(cell, in: row)) : .null
    }

    /// A copy of a value, whatever it is.
    public func value(_ column: Int) -> SQLValue { RowFormat.value(cells[column], in: row) }
}
