/// Goes through a row's columns to write, read or describe them.
public struct ColumnCoder {
    private enum Mode {
        case encode, decode, describe
        /// One column only, by its place.
        case get(Int)
        case set(Int, SQLValue)
        /// Some columns as the members of a JSON object.
        case read(ImportedColumns.Reader)
        case write(ImportedColumns.Writer)
    }

    private let mode: Mode
    private var encoder = RowEncoder()
    private var row: [UInt8] = []
    private var cells: [RowFormat.Cell] = []
    private var next = 0
    private var isDamaged = false
    private var columns: [Column] = []
    private var found = SQLValue.null

    private init(_ mode: Mode) { self.mode = mode }

    /// A column: its name and the field that holds it.
    public mutating func callAsFunction<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        switch mode {
        case .encode: encoder.append(value.sqlValue)
        case .decode:
            guard next < cells.count, let decoded = Value(sqlValue: RowFormat.value(cells[next], in: row.span.bytes)) else {
                isDamaged = true
                return
            }
            value = decoded
            next += 1
        case .describe:
            columns.append(
                Column(
                    name: "\(name)", type: Value.columnType, isNullable: Value.isNullable, isBlobHash: Value.isBlobHash,
                    defaultValue: value.sqlValue))
        case .get(let place):
            if place == next { found = value.sqlValue }
            next += 1
        case .set(let place, let new):
            if place == next, let new = Value(sqlValue: new) { value = new }
            next += 1
        case .read(let reader):
            if let new = reader.value(Value.self, of: name, at: next) { value = new }
            next += 1
        case .write(let writer):
            writer.write(value.sqlValue, of: name, at: next)
            next += 1
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

    static func set(_ value: SQLValue, at place: Int, of row: inout some Row) {
        var coder = ColumnCoder(.set(place, value))
        row.columns(&coder)
    }

    static func describe<R: Row>(_ type: R.Type) -> [Column] {
        var coder = ColumnCoder(.describe)
        var row = R()
        row.columns(&coder)
        return coder.columns
    }
}
