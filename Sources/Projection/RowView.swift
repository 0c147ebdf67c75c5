import LMDB

/// A row in place: what is asked for is read from the snapshot's own memory, and nothing is copied.
///
/// Columns are told by their places in the table's declaration, which `Table.place(of:)` knows. `forEachValue` reads all of
/// them in one pass; one by one, each is looked for from the first on.
public struct RowView: ~Escapable {
    @usableFromInline let row: RawSpan
    public let columnCount: Int
    /// Empty where each serial type takes one byte: then `ShortTypes` says where a value is.
    @usableFromInline let cells: Span<RowFormat.Cell>

    /// - Parameter cells: of all columns, or none where `ShortTypes.areAll`.
    @_lifetime(copy row, copy cells)
    init(_ row: RawSpan, _ columnCount: Int, _ cells: Span<RowFormat.Cell>) {
        self.row = row
        self.columnCount = columnCount
        self.cells = cells
    }

    public func isNull(_ column: Int) -> Bool { cell(column).isNull }

    /// The value of a column of integers; nil where it holds something else.
    public func integer(_ column: Int) -> Int64? {
        let cell = cell(column)
        return cell.isInteger ? RowFormat.integer(cell, in: row) : nil
    }

    /// The value of a column of reals; nil where it holds something else.
    public func real(_ column: Int) -> Double? {
        let cell = cell(column)
        return cell.isReal ? RowFormat.real(cell, in: row) : nil
    }

    /// The bytes of a text or a blob; nil where the column holds something else.
    @_lifetime(copy self)
    public func bytes(_ column: Int) -> RawSpan? {
        let cell = cell(column)
        guard cell.hasBytes else { return nil }
        return row.extracting(cell.offset..<cell.offset + cell.length)
    }

    /// A value, whatever it is.
    @_lifetime(copy self)
    public func view(_ column: Int) -> ValueView { ValueView(cell(column), in: row) }

    /// A copy of a value, whatever it is.
    public func value(_ column: Int) -> SQLValue { view(column).sqlValue }

    /// Visits all values, one a column, in one pass.
    ///
    /// ```swift
    /// try reader.forEachRow(of: LatestMetrics.table) { row in
    ///     row.forEachValue { column, value in if case .integer(let number) = value { sums[column] += number } }
    ///     return true
    /// }
    /// ```
    // Inlined with the closure, which is called for each value of each row.
    @inlinable
    @inline(__always)
    public func forEachValue<E: Error>(_ body: (_ column: Int, _ value: borrowing ValueView) throws(E) -> Void) throws(E) {
        guard cells.isEmpty else {
            for column in 0..<columnCount { try body(column, ValueView(cells[column], in: row)) }
            return
        }
        var offset = columnCount
        try row.extracting(first: columnCount).forEachByte { column, type throws(E) in
            let type = UInt64(type)
            let cell = RowFormat.Cell(serialType: type, offset: offset, length: CellSequence.knownLength(ofSerialType: type))
            offset &+= cell.length
            try body(column, ValueView(cell, in: row))
        }
    }

    private func cell(_ column: Int) -> RowFormat.Cell {
        precondition(column >= 0 && column < columnCount, "a row of \(columnCount) columns has no column \(column)")
        guard cells.isEmpty else { return cells[column] }
        return ShortTypes.cell(column, of: row, columnCount)
    }
}
