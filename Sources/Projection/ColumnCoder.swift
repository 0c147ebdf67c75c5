/// Goes through a row's columns to write, read or describe them.
public struct ColumnCoder {
    @usableFromInline
    enum Mode {
        case encode, decode, describe
        /// One column only, by its place: gives it this number where it is 0, and tells which it has then.
        case assign(Int, Int64)
        case get(Int)
        /// Some columns as the members of a JSON object.
        case read(ImportedColumns.Reader)
        case write(ImportedColumns.Writer)
    }

    @usableFromInline var mode: Mode
    @usableFromInline var encoder = RowEncoder()
    @usableFromInline var row: [UInt8] = []
    @usableFromInline var cells: [RowFormat.Cell] = []
    @usableFromInline var next = 0
    @usableFromInline var isDamaged = false
    private var columns: [Column] = []
    private var found = SQLValue.null
    private var wasAssigned = false

    private init(_ mode: Mode) { self.mode = mode }

    /// A column: its name and the field that holds it.
    // Inlined into the domains, where the field's type is known: without that an ingest spends 7 % of its time on finding types' metadata.
    @inlinable
    public mutating func callAsFunction<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        switch mode {
        case .encode: value.encode(into: &encoder)
        case .decode:
            if next >= cells.count || !value.decode(cells[next], in: row.span.bytes) { isDamaged = true }
            next += 1
        default: visit(name, &value)
        }
    }

    @usableFromInline
    mutating func visit<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        switch mode {
        case .describe:
            columns.append(
                Column(
                    name: "\(name)", type: Value.columnType, isNullable: Value.isNullable, isBlobHash: Value.isBlobHash,
                    defaultValue: value.sqlValue))
        case .assign(let place, let number):
            if place == next {
                if value.sqlValue == .integer(0), let new = Value(sqlValue: .integer(number)) {
                    value = new
                    wasAssigned = true
                }
                found = value.sqlValue
            }
            next += 1
        case .get(let place):
            if place == next { found = value.sqlValue }
            next += 1
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

    static func encode(_ row: some Row) -> [UInt8] {
        var row = row
        var coder = ColumnCoder(.encode)
        row.columns(&coder)
        return coder.encoder.bytes
    }

    /// nil when the bytes are not a row of this type.
    static func decode<R: Row>(_ type: R.Type, from bytes: [UInt8], columnCount: Int) -> R? {
        var coder = ColumnCoder(.decode)
        coder.row = bytes
        guard RowFormat.locate(columnCount, in: bytes.span.bytes, into: &coder.cells) else { return nil }
        var row = R()
        row.columns(&coder)
        return coder.isDamaged ? nil : row
    }

    static func value(at place: Int, of row: some Row) -> SQLValue {
        var row = row
        var coder = ColumnCoder(.get(place))
        row.columns(&coder)
        return coder.found
    }

    /// Gives an integer column a number where it is 0; returns what it holds then, and whether that was done.
    static func assign(_ number: Int64, ifZeroAt place: Int, of row: inout some Row) -> (value: Int64, wasAssigned: Bool) {
        var coder = ColumnCoder(.assign(place, number))
        row.columns(&coder)
        guard case .integer(let value) = coder.found else { return (0, false) }
        return (value, coder.wasAssigned)
    }

    static func describe<R: Row>(_ type: R.Type) -> [Column] {
        var coder = ColumnCoder(.describe)
        var row = R()
        row.columns(&coder)
        return coder.columns
    }
}
