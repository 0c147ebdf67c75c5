import LMDB

/// A value in place: good for as long as the row that it is in.
public enum ValueView: ~Escapable {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8.
    case text(RawSpan)
    case blob(RawSpan)

    @inlinable
    @inline(__always)
    @_lifetime(copy row)
    init(_ cell: RowFormat.Cell, in row: RawSpan) {
        if cell.hasBytes {
            let bytes = row.extracting(unchecked: cell.offset..<cell.offset + cell.length)
            self = cell.isText ? .text(bytes) : .blob(bytes)
        } else if cell.isInteger {
            self = .integer(RowFormat.integer(cell, in: row))
        } else {
            self = cell.isReal ? .real(RowFormat.real(cell, in: row)) : .null
        }
    }
}
