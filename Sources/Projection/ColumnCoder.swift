import LMDB

/// Goes through a row's columns to write, read or describe them.
public struct ColumnCoder: ~Copyable {
    @usableFromInline
    enum Mode {
        case encode, decode, describe
        /// Some columns as the members of a JSON object.
        case read(ImportedColumns.Reader)
        case write(ImportedColumns.Writer)
    }

    @usableFromInline var mode: Mode
    @usableFromInline var encoder = RowEncoder()
    @usableFromInline var row: [UInt8] = []
    @usableFromInline var cells = CellSequence()
    @usableFromInline var next = 0
    @usableFromInline var isDamaged = false
    /// The column that gets a number where it is 0, by its place; below 0 for none.
    @usableFromInline var assignedPlace = -1
    @usableFromInline var assignedNumber: Int64 = 0
    @usableFromInline var wasAssigned = false
    private var columns: [Column] = []

    @usableFromInline
    init(_ mode: Mode) { self.mode = mode }

    /// A column: its name and the field that holds it.
    // Inlined into the domains, where the field's type is known: without that an ingest spends 7 % of its time on finding types' metadata.
    @inlinable
    public mutating func callAsFunction<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        switch mode {
        case .encode:
            if next == assignedPlace { assign(&value) }
            value.encode(into: &encoder)
            next += 1
        case .decode:
            var cells = cells
            if let cell = cells.next(in: row.span.bytes), let new = Value(cell, in: row.span.bytes) {
                value = new
            } else {
                isDamaged = true
            }
            self.cells = cells
        default: visit(name, &value)
        }
    }

    @inlinable
    mutating func assign<Value: ColumnValue>(_ value: inout Value) {
        guard value.sqlValue == .integer(0), let new = Value(sqlValue: .integer(assignedNumber)) else { return }
        value = new
        wasAssigned = true
    }

    @usableFromInline
    mutating func visit<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        switch mode {
        case .describe:
            columns.append(
                Column(
                    name: "\(name)", type: Value.columnType, isNullable: Value.isNullable, isBlobHash: Value.isBlobHash,
                    defaultValue: value.sqlValue))
        case .read(let reader):
            if let new = reader.value(Value.self, of: name, at: next) { value = new }
            next += 1
        case .write(let writer):
            writer.write(value.sqlValue, of: name, at: next)
            next += 1
        case .encode, .decode: break
        }
    }

    /// Sets the columns that an object has.
    static func read(_ reader: ImportedColumns.Reader, into row: inout some Row) {
        var coder = ColumnCoder(.read(reader))
        row.columns(&coder)
    }

    static func write(_ row: some Row, to writer: ImportedColumns.Writer) {
        var row = row
        var coder = ColumnCoder(.write(writer))
        row.columns(&coder)
    }

    /// Writes a row into `encoder`.
    ///
    /// - Parameter assigned: a column, by its place, and the number that it gets where it is 0.
    /// - Returns: whether the number was given.
    mutating func encode(_ row: inout some Row, assigning assigned: (place: Int, number: Int64)? = nil) -> Bool {
        encoder.removeAll()
        next = 0
        wasAssigned = false
        assignedPlace = assigned?.place ?? -1
        assignedNumber = assigned?.number ?? 0
        row.columns(&self)
        return wasAssigned
    }

    static func encode(_ row: some Row) -> [UInt8] {
        var row = row
        var coder = ColumnCoder(.encode)
        _ = coder.encode(&row)
        return coder.encoder.bytes
    }

    /// nil when the bytes are not a row of this type.
    mutating func decode<R: Row>(_ type: R.Type, from bytes: RawSpan, columnCount: Int) -> R? {
        begin(bytes, columnCount: columnCount) ? row(type) : nil
    }

    /// Takes the bytes that the next row is decoded from; false when they are no row of so many columns.
    @usableFromInline
    mutating func begin(_ bytes: RawSpan, columnCount: Int) -> Bool {
        guard let cells = CellSequence(columnCount, of: bytes) else { return false }
        self.cells = cells
        bytes.copy(into: &row)
        isDamaged = false
        return true
    }

    /// The row that was begun; nil when it is not of this type.
    @inlinable
    mutating func row<R: Row>(_ type: R.Type) -> R? {
        var result = R()
        result.columns(&self)
        return isDamaged || !cells.isAtEnd(of: row.span.bytes) ? nil : result
    }

    /// The row that was begun.
    ///
    /// - Throws: `ProjectionError.damagedRow`.
    @inlinable
    mutating func row<R>(of table: Table<R>) throws -> R {
        // As above, and without an optional: a row is large, and copied once less.
        var result = R()
        result.columns(&self)
        if isDamaged || !cells.isAtEnd(of: row.span.bytes) { throw ProjectionError.damagedRow(table: table.name) }
        return result
    }

    static func decode<R: Row>(_ type: R.Type, from bytes: [UInt8], columnCount: Int) -> R? {
        var coder = ColumnCoder(.decode)
        return coder.decode(type, from: bytes.span.bytes, columnCount: columnCount)
    }

    static func describe<R: Row>(_ type: R.Type) -> [Column] {
        var coder = ColumnCoder(.describe)
        var row = R()
        row.columns(&coder)
        return coder.columns
    }
}
